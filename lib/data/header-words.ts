// What the words of a header mean, in the languages of film, music, book, shop and travel data.
// In: a column's name; out: its role and how surely the name tells it, or that it is something else.
import type { Role } from './column-option.ts';

/** A name's meaning. `noun` is what a user or an item is called, so that `movieId` and `movieTitle` are one thing. */
export interface Meaning {
  readonly role: Role;
  /** 3: an id, or the usual word; 2: the thing itself; 1: its name, or a word that may mean other things. */
  readonly strength: 1 | 2 | 3;
  readonly noun: string;
}

/** What a column is about that is neither user, item, rating nor time of an interaction. */
export type Theme =
  | 'person'
  | 'friend'
  | 'item facts'
  | 'tag'
  | 'other catalogue'
  | 'part of a date'
  | 'other';

const words = (text: string) => new Set(text.trim().split(/\s+/));

const userNouns = words(`
  user reviewer customer visitor member person viewer listener buyer rater account client reader player student learner
  consumer subscriber shopper guest patron traveler traveller voter usr u uid participant respondent purchaser profile`);
const itemNouns = words(`
  item movie film anime video business book isbn isbn10 isbn13 song artist product track asin parentasin show series episode
  game app photo image news article recipe restaurant place poi venue joke course album manga podcast post hotel beer wine
  paper music goods sku stockcode content clip channel i iid band comic novel drama spot landmark attraction dish meal
  food apps mooc lecture program programme broadcast playlist question location documentary`);
const ratingNouns = words(`
  rating ratings rate rated stars star score scores overall grade mark preference pref r points bookrating userrating
  ratingvalue reviewscore reviewrating reviewoverall starrating usersrating userscore`);
const amountNouns = words(`
  weight count plays play playcount playscount numplays nplays listens listencount listeningcount scrobbles quantity qty value
  values views viewcount frequency freq watchratio hours hoursplayed playtime playtimeforever purchases clicks clickcount
  strength confidence like likes liked label interaction feedback implicit interactions amount visits checkins percentage
  progress completion`);
const timeWords = words(`
  timestamp timestamps time times datetime date dates ts t unixtime unixtimestamp unixreviewtime reviewtime reviewdate epoch
  created createdat creationdate createdtime createtime createdutc created_utc eventtime eventtimestamp eventdate ratingtime
  ratingdate ratedat timestampms timems timestampus timestampns dateadded addedat listenedat playedat watchedat viewedat
  watchdate viewdate checkintime checkindate visittime visitdate purchasedate purchasetime orderdate ordertime orderedat when
  interactiontime clicktime updatedat dateupdated updated modified readat submitted submissiondate logtime actiontime
  timecreated datecreated timeadded timeplayed dateplayed datewatched timewatched timerated daterated posttime postdate postedat posted boughtat purchasedat utctime utctimestamp localtime invoicedate transactiondate`);
const theTime = words(
  'timestamp timestamps unixtimestamp unixtime unixreviewtime timestampms timestampus timestampns ts',
);

const themes: readonly [Theme, Set<string>][] = [
  [
    'friend',
    words(
      'friend friendid friends followee follower followed following trustee truster trustor contact neighbour',
    ),
  ],
  [
    'person',
    words(
      'age gender sex occupation zip zipcode postcode birthday birthdate birthyear country city job education',
    ),
  ],
  ['tag', words('tag tagid tags tagvalue relevance tagname keyword')],
  ['other catalogue', words('imdbid tmdbid imdb tmdb imdburl tvdbid spotifyid mbid')],
  [
    'item facts',
    words(`title titles genre genres year releasedate releaseyear author bookauthor publisher url pictureurl description
      category categories brand price director cast language imageurl plot synopsis duration runtime`),
  ],
  [
    'part of a date',
    words('day month hour minute second dateday datemonth dateyear datehour dateminute datesecond'),
  ],
  [
    'other',
    words(`index unnamed row rownum rowid id no nr lat lon lng latitude longitude helpful helpfulvote helpfulvotes useful
      funny cool verified verifiedpurchase vote votes session sessionid event eventtype action reviewid review text summary
      timezone timezoneoffset offset state address playduration videoduration`),
  ],
];

/** Names that look like a time and are about something else. */
const notWhen = words(`
  release released birth born published publication expiry expires since zone runtime play watch dwell listening listen session
  spent duration run reading screen total`);
/** Ratings of an item by everybody, not of one user. */
const ofEverybody = words('avg average mean imdb critic critics min max std sd number num count total sum');

/** A name in lower case, cut at blanks, marks and inner capitals: `User-ID` and `userId` are user, id. */
function tokensOf(name: string): string[] {
  return name
    .replace(/:(token|float|token_seq|float_seq|int|integer|str|string)$/i, '') // as RecBole writes types
    .replace(/\([^)]*\)/g, ' ')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
}

/** What a name means as user, item, rating or time; null if it is about something else, or unknown. */
export function meaningOf(name: string): Meaning | null {
  const tokens = tokensOf(name);
  const joined = tokens.join('');
  if (joined === '') return null;
  return timeMeaning(tokens, joined) ?? ratingMeaning(tokens, joined) ?? thingMeaning(tokens);
}

/** What a name is about if it is no role; null for an unknown name. */
export function themeOf(name: string): Theme | null {
  const tokens = tokensOf(name);
  const joined = tokens.join('');
  if (joined === '' || tokens[0] === 'unnamed') return 'other';
  if (tokens.some((token) => token.startsWith('friend') || token.startsWith('trust'))) return 'friend';
  const known = themes.find(([, names]) => names.has(joined) || names.has(joined.replace(/id$/, '')));
  if (known) return known[0];
  if (tokens.some((token) => notWhen.has(token) || ofEverybody.has(token))) return 'other';
  return null;
}

function timeMeaning(tokens: readonly string[], joined: string): Meaning | null {
  if (timeWords.has(joined)) return { role: 'time', strength: theTime.has(joined) ? 3 : 2, noun: joined };
  if (tokens.some((token) => notWhen.has(token)) || tokens.length < 2) return null;
  const withoutUnit = tokens.filter(
    (token) => !/^(s|sec|seconds|ms|millis|us|micros|ns|utc|gmt|unix)$/.test(token),
  );
  const last = withoutUnit.at(-1) ?? '';
  const isTime =
    /^(timestamp|time|date|datetime|ts|epoch)$/.test(last) || (last === 'at' && withoutUnit.length > 1);
  return isTime ? { role: 'time', strength: /timestamp|ts/.test(last) ? 3 : 2, noun: joined } : null;
}

function ratingMeaning(tokens: readonly string[], joined: string): Meaning | null {
  if (ratingNouns.has(joined)) return { role: 'rating', strength: 3, noun: joined };
  if (amountNouns.has(joined)) return { role: 'rating', strength: 1, noun: joined };
  const last = tokens.at(-1)!;
  if (tokens.length < 2 || tokens.some((token) => ofEverybody.has(token))) return null;
  if (/^(rating|stars|score|grade)$/.test(last)) return { role: 'rating', strength: 2, noun: joined };
  return null;
}

function thingMeaning(tokens: readonly string[]): Meaning | null {
  const joined = tokens.join('');
  if (joined === 'name') return null; // user or item, whichever is missing: see header-roles.ts
  for (const [ending, strength] of [
    [/^(.+?)(?:id|ids|key|no|num|number|nr|idx|index|code|uuid|hash|token)$/, 3],
    [/^(.+)s(?:id|ids)$/, 3],
    [/^(?:id)(.+)$/, 3],
    [/^(.+?)$/, 2],
    [/^(.+)s$/, 2],
    [/^(.+?)(?:name|title|label|text)$/, 1],
  ] as const) {
    const stem = ending.exec(joined)?.[1];
    if (stem === undefined) continue;
    // Words that are an id by themselves.
    const sure = /^(uid|iid|isbn|isbn10|isbn13|asin|parentasin|sku|stockcode|poi)$/.test(stem) ? 3 : strength;
    if (userNouns.has(stem)) return { role: 'user', strength: sure, noun: stem };
    if (itemNouns.has(stem)) return { role: 'item', strength: sure, noun: stem };
  }
  return null;
}
