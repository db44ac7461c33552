// A participant's page: the code, ten films, and then what leaves this device and what comes of it. The worker does the work; this
// file shows it. In: what the worker tells; out: elements, drawn anew when something has changed.
import { type ClassFacts, maskedRecipes } from '../../lib/classroom/class-facts.ts';
import { button, element } from '../dom.ts';
import { linePlot } from './line-plot.ts';
import { pickForm } from './pick.ts';
import type { FromWorker, Scored, ToWorker } from './protocol.ts';
import { bytesInWords, counted, inHexadecimal } from './words.ts';

const page = document.getElementById('page')!;
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const ask = (message: ToWorker) => worker.postMessage(message);

/** Everything that is shown once a seat is taken. */
const shown = {
  status: 'Entering the class …',
  isOpen: false,
  client: -1,
  round: 0,
  hasEnded: false,
  chosen: [] as readonly number[],
  losses: [] as (readonly [round: number, loss: number])[],
  bytesUp: 0,
  bytesDown: 0,
  /** Bytes that left beside the updates, by what they were. */
  beside: new Map<string, number>(),
  sent: null as Extract<FromWorker, { type: 'sent' }> | null,
  /** The message that tells most. */
  telling: null as Extract<FromWorker, { type: 'sent' }> | null,
  before: [] as readonly Scored[],
  now: [] as readonly Scored[],
  part: null as Extract<FromWorker, { type: 'part' }> | null,
  notes: [] as string[],
};
let facts: ClassFacts | null = null;
let isTakingPart = false;

worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => hear(data));
ask({ type: 'look', address: location.origin });

function hear(message: FromWorker): void {
  if (message.type === 'class') {
    facts = message.facts;
    if (!message.isKnown) showForm('');
    return;
  }
  if (message.type === 'failed' && !isTakingPart) {
    showForm(message.reason);
    return;
  }
  note(message);
  if (isTakingPart) draw();
}

function showForm(problem: string): void {
  if (!facts) {
    page.replaceChildren(element('p', {}, problem));
    return;
  }
  const code = decodeURIComponent(location.hash.slice(1));
  page.replaceChildren(
    pickForm(facts, code, problem, ({ code: said, ...chosen }) =>
      ask({ type: 'enter', code: said, ...chosen }),
    ),
  );
}

function note(message: FromWorker): void {
  switch (message.type) {
    case 'entered':
      isTakingPart = true;
      shown.client = message.seat.client;
      shown.chosen = message.chosen;
      break;
    case 'connection':
      shown.isOpen = message.isOpen;
      if (!message.isOpen) shown.status = `The line broke (${message.reason}); trying again …`;
      else if (shown.round === 0) shown.status = 'Here. Waiting for the class to begin.';
      break;
    case 'asked':
      shown.round = message.round;
      shown.bytesDown += message.bytesDown;
      shown.status = statusOf(message.round, message.purpose);
      break;
    case 'sent':
      shown.sent = message;
      // Of masked ones the latest: the one that tells most would tell it by luck.
      if (!shown.telling || message.fingerprint !== '' || hitsOf(message) > hitsOf(shown.telling))
        shown.telling = message;
      shown.bytesUp += message.message.length;
      if (!message.isRepeated) shown.losses.push([message.round, message.loss]);
      shown.status = `Round ${message.round}: answered. Waiting for the others.`;
      break;
    case 'sent-beside':
      shown.beside.set(message.what, (shown.beside.get(message.what) ?? 0) + message.bytes);
      break;
    case 'best':
      if (message.when === 'before') shown.before = message.items;
      else shown.now = message.items;
      break;
    case 'part':
      shown.part = message;
      break;
    case 'received':
      shown.bytesDown += message.bytes;
      break;
    case 'refused':
    case 'failed':
      shown.notes = [...shown.notes, message.reason].slice(-5);
      break;
    case 'ended':
      shown.hasEnded = true;
      shown.status = `The run is over, after ${counted(message.round, 'round')}.`;
      break;
  }
}

function statusOf(round: number, purpose: string): string {
  if (purpose === 'keys' || purpose === 'shares') return `Round ${round}: agreeing on masks …`;
  if (purpose === 'unmask') return `Round ${round}: the sum is being unmasked …`;
  if (purpose === 'train') return `Round ${round}: training …`;
  if (purpose === 'validation' || purpose === 'test') return `Round ${round}: measuring at home …`;
  return round === 0 ? 'Here. Waiting for the class to begin.' : `After round ${round}: the class pauses.`;
}

function draw(): void {
  const { hasEnded, sent } = shown;
  const cards = [
    statusCard(),
    hasEnded && sent ? attackCard() : null,
    bestCard(),
    shown.part ? partCard(shown.part) : null,
    sent ? sentCard() : null,
    lossCard(),
    protectionCard(),
  ];
  page.replaceChildren(element('div', { class: 'columns' }, ...cards));
}

function statusCard(): HTMLElement {
  const { rounds } = facts!.settings;
  const bar = element('div', {});
  bar.style.width = `${(100 * shown.round) / rounds}%`;
  return element(
    'section',
    { class: `card wide${shown.isOpen ? '' : ' alert'}`, 'aria-live': 'polite' },
    element('h1', {}, `You are client ${shown.client}`),
    element('p', { class: 'status', id: 'status' }, shown.status),
    element('div', { class: 'bar' }, bar),
    element(
      'p',
      { class: 'soft' },
      shown.hasEnded
        ? 'You may close this page. This browser keeps your films and your vector until you leave and forget.'
        : `Round ${shown.round} of ${rounds}. Leave this page open and the screen on; a reload goes on.`,
    ),
    ...shown.notes.map((text) => element('p', { class: 'soft' }, `The class says: ${text}`)),
  );
}

function bestCard(): HTMLElement {
  const titles = (items: readonly Scored[], older: readonly Scored[]) =>
    element(
      'ol',
      {},
      ...items.map(({ item }) => {
        const isNew = older.length > 0 && !older.some((before) => before.item === item);
        return element('li', { class: isNew ? 'new' : undefined }, facts!.items[item]!.title);
      }),
    );
  const { before, now } = shown;
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'The ten best for you'),
    element(
      'p',
      { class: 'soft' },
      'Scored here, from your own vector and what the class has learnt. Bold: not among the ten before.',
    ),
    element(
      'div',
      { class: 'lists' },
      element('div', {}, element('h3', {}, 'Before'), titles(before, [])),
      element(
        'div',
        {},
        element('h3', {}, 'Now'),
        now.length > 0 ? titles(now, before) : element('p', { class: 'soft' }, 'after the first round'),
      ),
    ),
  );
}

function partCard({ round, items }: Extract<FromWorker, { type: 'part' }>): HTMLElement {
  return element(
    'section',
    { class: 'card', id: 'part' },
    element('h2', {}, 'Whom you listen to'),
    element(
      'p',
      { class: 'soft' },
      `The server compares messages and lets you listen to those who sent similar ones. It does not tell you who they are, or how much you hear of each: that would tell you whose films resemble yours, and they told the server, not you. Since round ${round} you have what all of them together add to your scores. They add most to:`,
    ),
    scoreTable(items, 'added'),
  );
}

function sentCard(): HTMLElement {
  const { message, rows, rank, dims, round, fingerprint } = shown.sent!;
  const form = rank > 0 ? `B [rows, ${rank}] and A [${rank}, ${dims}]` : `whole rows of ${dims} numbers`;
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'What left this device'),
    element(
      'p',
      {},
      `${bytesInWords(message.length)} in round ${round}, ${bytesInWords(shown.bytesUp)} since this page was loaded`,
      ...[...shown.beside].map(([what, bytes]) => `; ${what}: ${bytesInWords(bytes)}`),
      `. Came in: ${bytesInWords(shown.bytesDown)}.`,
    ),
    element(
      'div',
      { class: 'bytes', id: 'bytes', tabindex: 0, 'aria-label': 'the message, byte for byte' },
      inHexadecimal(message),
    ),
    element(
      'p',
      { class: 'soft' },
      fingerprint === ''
        ? `The same, decoded: an update as ${form}. Its largest rows:`
        : 'The message is masked: read as numbers it looks like this, which is chance. The server learns the sum of the class only.',
    ),
    scoreTable(rows, 'in the message'),
    fingerprint === '' ? null : fingerprintLine(fingerprint),
  );
}

/** What tells a server that hands out keys of its own making. */
function fingerprintLine(fingerprint: string): HTMLElement {
  return element(
    'p',
    {},
    'The keys of your group: ',
    element('b', { id: 'fingerprint' }, fingerprint),
    '. Compare with a neighbour in the same round: other digits in the same group mean that somebody changed keys on their way.',
  );
}

function scoreTable(rows: readonly Scored[], heading: string): HTMLElement {
  return element(
    'table',
    {},
    element(
      'thead',
      {},
      element('tr', {}, element('th', {}, 'film'), element('th', { class: 'number' }, heading)),
    ),
    element(
      'tbody',
      {},
      ...rows.map(({ item, score }) =>
        element(
          'tr',
          {},
          element('td', {}, facts!.items[item]!.title),
          element('td', { class: 'number' }, score.toFixed(Math.abs(score) < 1000 ? 3 : 0)),
        ),
      ),
    ),
  );
}

function lossCard(): HTMLElement | null {
  const { losses } = shown;
  if (losses.length === 0) return null;
  const last = losses.at(-1)![1].toFixed(3);
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'Loss on your own films'),
    losses.length > 1 ? linePlot(losses, `loss by round, now ${last}`, 'loss') : null,
    element(
      'p',
      { class: 'soft' },
      `${losses[0]![1].toFixed(3)} in round ${losses[0]![0]}, ${last} now. Lower: your vector and the shared table fit your films better.`,
    ),
  );
}

/** Guesses that are right. */
function hitsOf({ attacked }: Extract<FromWorker, { type: 'sent' }>): number {
  return attacked.guessed.filter(({ item }) => shown.chosen.includes(item)).length;
}

/** The attack on that message of one's own that tells most. */
function attackCard(): HTMLElement {
  const { attacked, round } = shown.telling!;
  const isMasked = shown.telling!.fingerprint !== '';
  const mine = new Set(shown.chosen);
  const hits = hitsOf(shown.telling!);
  const area =
    attacked.area === null
      ? ''
      : ` Telling your films from the others in the message succeeds in ${(100 * attacked.area).toFixed(0)} % of the pairs; guessing, in 50 %.`;
  return element(
    'section',
    { class: 'card wide', id: 'attack' },
    element('h2', {}, 'What the server could read'),
    element(
      'p',
      {},
      isMasked
        ? `Your message of round ${round} is masked, so it has numbers for all ${counted(attacked.rows, 'film')} that look like chance. Whoever reads it all the same guesses that these are yours, and is right about ${hits} of ${attacked.guessed.length}.${area}`
        : `Your message of round ${round} names ${counted(attacked.rows, 'film')}: yours, and others drawn at random to hide them. Whoever reads it guesses that these are yours, and is right about ${hits} of ${attacked.guessed.length}.${area}`,
    ),
    element(
      'ol',
      {},
      ...attacked.guessed.map(({ item }) =>
        element(
          'li',
          { class: mine.has(item) ? 'hit' : 'miss' },
          `${facts!.items[item]!.title}${mine.has(item) ? ' ✓ yours' : ''}`,
        ),
      ),
    ),
  );
}

function protectionCard(): HTMLElement {
  const forget = button(
    'Leave and forget',
    'leave the class and erase what this browser has kept of it',
    () => {
      ask({ type: 'forget' });
      isTakingPart = false;
      page.replaceChildren(
        element('p', {}, 'You have left, and this browser has forgotten. Reload to join again.'),
      );
    },
  );
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'What is protected, and what is not'),
    element(
      'p',
      { class: 'soft' },
      maskedRecipes.includes(facts!.recipe)
        ? 'Your list of films and your vector stay in this browser. The server gets the bytes above under a mask, and opens the sum of your group only; it could open yours if it took most seats of the group for itself. It keeps the messages, so that the run can be repeated. Nothing goes to anybody else.'
        : 'Your list of films and your vector stay in this browser. The server gets the bytes above: they are not encrypted against it, and a curious server can read most of your films from them. It keeps the messages, so that the run can be repeated. Nothing goes to anybody else.',
    ),
    forget,
  );
}
