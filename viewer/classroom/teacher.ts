// The teacher's dashboard: who is here and who has answered, bytes, loss, HR@10 as homes report it, what was refused and why; and the
// three things that a teacher may do: pause, close a round, take somebody out. In: live events of this origin; out: elements.
import type { BoardView, SeatView } from '../../lib/classroom/board.ts';
import { button, element } from '../dom.ts';
import { linePlot } from './line-plot.ts';
import { bytesInWords, counted } from './words.ts';

const page = document.getElementById('page')!;
const key = decodeURIComponent(location.hash.slice(1));
let view: BoardView | null = null;
let askedAt = 0;
let showsAttention = false;

const events = new EventSource(`/board?${new URLSearchParams({ key })}`);
events.onmessage = ({ data }: MessageEvent<string>) => {
  const { seats, ...changed } = JSON.parse(data) as Partial<BoardView>;
  view = { ...(view ?? ({} as BoardView)), ...changed, seats: { ...view?.seats, ...seats } };
  if (changed.asking) askedAt = performance.now();
  draw();
};
events.onerror = () => {
  if (view?.asking.purpose === 'end') {
    events.close(); // the server has gone home, what it said last stays
    return;
  }
  const text = view
    ? 'The server does not answer; trying again …'
    : 'No dashboard: the address must end with # and the key, as the terminal shows it.';
  page.querySelector('[role=alert]')?.remove();
  const alert = element('p', { class: 'card alert', role: 'alert' }, text);
  if (view) page.prepend(alert);
  else page.replaceChildren(alert);
};
setInterval(drawTimer, 250);

function command(name: string, client = -1): void {
  void fetch('/command', { method: 'POST', body: JSON.stringify({ key, name, client }) });
}

function draw(): void {
  if (!view) return;
  page.replaceChildren(
    element(
      'div',
      { class: 'columns' },
      topCard(view),
      seatsCard(view),
      curveCard(view, 'loss'),
      curveCard(view, 'hr10'),
      attentionCard(view),
      roundsCard(view),
      refusedCard(view),
    ),
  );
  drawTimer();
}

function topCard({ about, asking, waiting, isPaused, rounds, seats }: BoardView): HTMLElement {
  const all = Object.values(seats);
  const here = all.filter(({ isHere }) => isHere);
  const answered = here.filter(({ hasAnswered }) => hasAnswered).length;
  const last = rounds.at(-1);
  const figure = (label: string, value: string) =>
    element('div', {}, element('div', { class: 'big' }, value), element('div', { class: 'soft' }, label));
  const pause = button(isPaused ? 'Go on' : 'Pause', isPaused ? 'go on' : 'pause after this round', () =>
    command(isPaused ? 'go' : 'pause'),
  );
  return element(
    'section',
    { class: 'card wide' },
    element('h1', {}, `${about.recipe}, ${counted(about.items, 'item')}`),
    element(
      'p',
      { class: 'status', id: 'status', 'aria-live': 'polite' },
      statusOf(asking, about.rounds, waiting),
    ),
    element('div', { class: 'bar', id: 'timer' }, element('div', {})),
    element(
      'div',
      { class: 'facts' },
      figure('round', `${asking.round} of ${about.rounds}`),
      figure('here', String(here.length)),
      figure('answered', String(answered)),
      figure('bytes up, last round', last ? bytesInWords(last.bytesUp) : '–'),
      figure('bytes down to each', last ? bytesInWords(last.bytesDown) : '–'),
      figure('loss', last?.loss?.toFixed(3) ?? '–'),
    ),
    asking.purpose === 'end'
      ? null
      : element(
          'p',
          { class: 'row' },
          pause,
          button('Next round', 'close this round with the answers so far, or begin', () => command('next')),
        ),
  );
}

function statusOf({ round, purpose }: BoardView['asking'], rounds: number, waiting: string): string {
  if (purpose === 'end') return `Over, after ${counted(rounds, 'round')}.`;
  if (waiting) return waiting === 'paused' ? 'Paused: the next round does not begin' : waiting;
  if (purpose === 'train') return `Round ${round}: homes are training`;
  if (purpose === 'keys') return `Round ${round}: homes tell their public keys`;
  if (purpose === 'shares') return `Round ${round}: homes share their secrets`;
  if (purpose === 'unmask') return `Round ${round}: homes unmask the sum`;
  return purpose === 'wait' ? 'Waiting for participants' : `Round ${round}: homes measure`;
}

function drawTimer(): void {
  const bar = document.querySelector<HTMLElement>('#timer > div');
  if (!bar || !view) return;
  const { purpose, deadline } = view.asking;
  const isRunning = deadline > 0 && purpose !== 'end' && purpose !== 'wait';
  bar.style.width = isRunning ? `${Math.min(100, (100 * (performance.now() - askedAt)) / deadline)}%` : '0';
}

function seatsCard({ seats }: BoardView): HTMLElement {
  const cards = Object.entries(seats).map(([client, seat]) => seatOf(Number(client), seat));
  return element(
    'section',
    { class: 'card wide' },
    element('h2', {}, 'Who is here'),
    cards.length > 0
      ? element('div', { class: 'seats' }, ...cards)
      : element('p', { class: 'soft' }, 'Nobody yet.'),
  );
}

function seatOf(
  client: number,
  { isHere, isDropped, hasAnswered, rounds, bytesUp, cluster }: SeatView,
): HTMLElement {
  const state = isDropped ? 'taken out' : isHere ? (hasAnswered ? 'answered' : 'here') : 'gone';
  const hasClusters = Object.values(view!.seats).some((seat) => seat.cluster > 0);
  const group = hasClusters && cluster >= 0 ? `, cluster ${cluster + 1}` : '';
  return element(
    'div',
    { class: `seat${isHere && hasAnswered ? ' answered' : ''}${isHere ? '' : ' gone'}` },
    element('b', {}, `client ${client}`),
    ` ${state}${group}`,
    element('div', { class: 'soft' }, `${counted(rounds, 'message')}, ${bytesInWords(bytesUp)}`),
    isHere
      ? button('Take out', `take client ${client} out of the class`, () => command('drop', client), {
          class: 'small',
        })
      : null,
  );
}

function curveCard({ rounds }: BoardView, which: 'loss' | 'hr10'): HTMLElement | null {
  const values = rounds.map((round) => round[which]);
  const last = values.findLast((value) => value !== null);
  if (last === undefined || last === null) return null;
  const title = which === 'loss' ? 'Mean loss, as homes tell it' : 'HR@10, as homes measure it';
  const measured = rounds.findLast(({ hr10 }) => hr10 !== null)?.measured ?? 0;
  const points = rounds.map((round) => [round.round, round[which]] as const);
  const shown = which === 'loss' ? points : points.filter(([, value]) => value !== null);
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, title),
    shown.length > 1
      ? linePlot(shown, `${title}: ${last.toFixed(3)}`, which === 'loss' ? 'mean loss' : 'HR@10')
      : null,
    element(
      'p',
      { class: 'soft' },
      which === 'loss'
        ? `now ${last.toFixed(3)}`
        : `now ${last.toFixed(3)}, at ${counted(measured, 'home')} on one held-out film each`,
    ),
  );
}

/** Closed until it is opened, because a dashboard may hang on the wall. */
function attentionCard({ attention }: BoardView): HTMLElement | null {
  if (!attention) return null;
  const { round, clients, shares } = attention;
  const largest = Math.max(...shares.flat());
  const cell = (share: number, from: number, to: number) => {
    const named = `client ${from} hears ${(100 * share).toFixed(1)} % of client ${to}`;
    const shown = element('td', { title: named }, share < 0.005 ? '' : (100 * share).toFixed(0));
    const strength = Math.round((45 * share) / largest);
    shown.style.background = `color-mix(in srgb, var(--accent) ${strength}%, transparent)`;
    return shown;
  };
  const row = (client: number, at: number) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, String(client)),
      ...clients.map((other, column) => cell(shares[at]![column]!, client, other)),
    );
  const details = element(
    'details',
    { open: showsAttention },
    element('summary', {}, 'Who listens to whom'),
    element(
      'p',
      { class: 'soft' },
      `After round ${round}, in percent: how much the client of a row hears of that of a column. Only the server knows this; participants are told what it adds up to. Who looks over your shoulder sees whose films resemble whose.`,
    ),
    element(
      'div',
      { class: 'scroll' },
      element(
        'table',
        { class: 'weights' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('td', {}),
            ...clients.map((client) => element('th', { scope: 'col' }, String(client))),
          ),
        ),
        element('tbody', {}, ...clients.map(row)),
      ),
    ),
  );
  details.addEventListener('toggle', () => {
    showsAttention = (details as HTMLDetailsElement).open;
  });
  return element('section', { class: 'card wide' }, details);
}

function roundsCard({ rounds }: BoardView): HTMLElement {
  const heading = ['round', 'merged', 'rejected', 'bytes up', 'bytes down', 'loss', 'HR@10'];
  const cell = (text: string) => element('td', { class: 'number' }, text);
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'Rounds'),
    element(
      'div',
      { class: 'scroll' },
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element('tr', {}, ...heading.map((text) => element('th', { class: 'number' }, text))),
        ),
        element(
          'tbody',
          {},
          ...[...rounds]
            .reverse()
            .map(({ round, merged, rejected, bytesUp, bytesDown, loss, hr10 }) =>
              element(
                'tr',
                {},
                ...[
                  String(round),
                  String(merged),
                  String(rejected),
                  bytesInWords(bytesUp),
                  bytesInWords(bytesDown),
                  loss?.toFixed(3) ?? '–',
                  hr10?.toFixed(3) ?? '–',
                ].map(cell),
              ),
            ),
        ),
      ),
    ),
  );
}

function refusedCard({ refused }: BoardView): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'Refused'),
    refused.length === 0
      ? element(
          'p',
          { class: 'soft' },
          'Nothing so far: late, damaged and hostile messages would stand here with the reason.',
        )
      : element(
          'div',
          { class: 'scroll' },
          element(
            'table',
            {},
            element(
              'tbody',
              {},
              ...[...refused]
                .reverse()
                .map(({ client, round, reason }) =>
                  element(
                    'tr',
                    {},
                    element('td', {}, client < 0 ? 'a stranger' : `client ${client}`),
                    element('td', { class: 'number' }, round > 0 ? `round ${round}` : ''),
                    element('td', {}, reason),
                  ),
                ),
            ),
          ),
        ),
  );
}
