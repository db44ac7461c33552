// A participant in a browser, in a thread of its own: it holds ratings and private state, trains, and talks to the class. In: which
// films; out: what happened, for the page to show. What leaves this thread for the network is what `sent` shows, and presence.
import mqtt from 'mqtt'; // its bundle for browsers has a default export only
import type { ClassFacts } from '../../lib/classroom/class-facts.ts';
import type { Home } from '../../lib/classroom/home.ts';
import { newPrivateSeed } from '../../lib/classroom/home-record.ts';
import {
  classAt,
  type Entered,
  enterClass,
  expectCanTakePart,
  takeSeat,
} from '../../lib/classroom/join-class.ts';
import type { ParticipantEvent } from '../../lib/classroom/participant-events.ts';
import { areaUnderCurve, itemScores } from '../../lib/privacy/attack.ts';
import { forget, type Kept, keep, readKept } from './kept.ts';
import type { Attacked, FromWorker, Scored, ToWorker } from './protocol.ts';

const COUNT = 10;
const MOST_OF_PART = 5;
const post = (message: FromWorker) => postMessage(message);
const fail = (error: unknown) => post({ type: 'failed', reason: (error as Error).message });

let address = '';
let facts: ClassFacts | null = null;
let entered: Entered | null = null;
let bytesDown = 0;

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  hear(data).catch(fail);
});

async function hear(data: ToWorker): Promise<void> {
  if (data.type === 'look') {
    address = data.address;
    facts = await classAt(address);
    const kept = await readKept(facts.run);
    post({ type: 'class', facts, isKnown: kept !== null });
    if (kept) await enter(kept);
  } else if (data.type === 'enter') {
    const { ratings, chosen, givesFigures } = data;
    const privateSeed = data.hasOwnSeed ? newPrivateSeed() : undefined;
    await expectCanTakePart(facts!);
    const seat = await takeSeat(address, data.code);
    const kept = { seat, ratings, chosen, givesFigures, privateSeed, record: undefined };
    await keep(facts!.run, kept).catch(() => {}); // a private window keeps nothing: a reload is a new participant
    await enter(kept);
  } else {
    await entered?.participant.leave();
    await forget(facts!.run);
  }
}

async function enter(kept: Kept): Promise<void> {
  const { run } = facts!;
  const { seat, ratings, givesFigures, privateSeed, record, chosen } = kept;
  post({ type: 'entered', seat, chosen });
  let now = kept;
  entered = await enterClass({
    ...{ address, facts: facts!, seat, ratings, mqtt, givesFigures, privateSeed, record },
    keep(changed) {
      now = { ...now, record: changed };
      return keep(run, now).catch(() => {});
    },
    onEvent: (event) => tell(event),
  });
  now = { ...now, before: kept.before ?? entered.home.scores.top(COUNT) };
  post({ type: 'best', when: 'before', items: now.before! });
}

function tell(event: ParticipantEvent): void {
  if (event.type === 'connected') post({ type: 'connection', isOpen: true, reason: '' });
  else if (event.type === 'disconnected') post({ type: 'connection', isOpen: false, reason: event.reason });
  else if (event.type === 'asked') {
    const { round, purpose, step } = event.announcement;
    bytesDown = step.length;
    post({ type: 'asked', round, purpose, bytesDown });
    if (entered && round > 0) tellBest(entered.home);
  } else if (event.type === 'sent') tellSent(event);
  else if (event.type === 'ended') {
    post(event);
    void entered?.link.close(true); // nobody calls back
  } else if (event.type === 'figures-sent') tellBeside('figures', event.message);
  else if (event.type === 'windows-sent') tellBeside('windows', event.message);
  else if (event.type === 'keys-sent') tellBeside('keys and shares', event.message);
  else post(event.type === 'received' ? { type: 'received', what: event.what, bytes: event.bytes } : event);
}

function tellBeside(what: Extract<FromWorker, { type: 'sent-beside' }>['what'], message: Uint8Array): void {
  post({ type: 'sent-beside', what, bytes: message.length });
}

function tellSent(event: Extract<ParticipantEvent, { type: 'sent' }>): void {
  const { round, loss, isRepeated, message } = event;
  const update = entered?.home.lastUpdate();
  if (!entered || !update) return;
  const reading = update.dims === entered.home.dims ? 'last-column' : 'common-direction';
  const scores = itemScores(update, entered.home.items, reading);
  const rows = Array.from(update.rows, (item) => ({ item, score: scores[item]! }));
  const largest = [...rows].sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
  const { rank, dims } = update;
  const attacked = attackOwn(entered.home, scores, rows);
  post({
    type: 'sent',
    round,
    loss,
    isRepeated,
    message,
    rows: largest.slice(0, COUNT),
    rank,
    dims,
    attacked,
    fingerprint: entered.home.masked?.fingerprint ?? '',
  });
}

/** What whoever reads the message knows, held against what only this home knows. */
function attackOwn(home: Home, scores: Float32Array, rows: readonly Scored[]): Attacked {
  const isPositive = new Uint8Array(home.items);
  for (const item of home.trainedItems) isPositive[item] = 1;
  const area = areaUnderCurve(
    scores,
    isPositive,
    rows.map(({ item }) => item),
  );
  const likely = rows.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  const guessed = likely.slice(0, home.trainedItems.length);
  return { guessed, area: Number.isNaN(area) ? null : area, rows: rows.length };
}

function tellBest({ scores }: Home): void {
  post({ type: 'best', when: 'now', items: scores.top(COUNT) });
  if (scores.partRound > 0)
    post({ type: 'part', round: scores.partRound, items: scores.strongestOfPart(MOST_OF_PART) });
}
