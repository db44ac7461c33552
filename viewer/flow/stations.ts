// The eight stations of a round, in the order in which numbers move: what each is called, where it stands, how it is drawn, and
// what it says in figures. In: a frame; out: SVG and text.
import type { Phase } from '../../lib/trace/moments.ts';
import { bytesText, grouped, share } from '../figures.ts';
import { plural } from '../words.ts';
import { circle, circles, colourOf, heat, letters, line, nothing, rect } from './drawing.ts';
import type { FlowFrame } from './flow-frame.ts';

export interface Station {
  readonly name: string;
  readonly title: string;
  readonly where: 'at home' | 'on the way' | 'at the server';
  /** When it is at work. */
  readonly phase: Phase;
  /** What it does, in a sentence that is always true. */
  readonly about: string;
  readonly lesson: number;
  /** The panel of the viewer that shows more. */
  readonly panel: string;
  /** The parts of a frame that it shows: where they are as before, so is the station. */
  readonly reads: readonly Part[];
  draw(frame: FlowFrame): string;
  /** A few words with numbers. */
  figure(frame: FlowFrame): string;
}

type Part = keyof FlowFrame;
type Seen<P extends Part> = Pick<FlowFrame, P>;

/** A station that is given no more of a frame than it says it reads. */
function station<const P extends Part>(
  made: Omit<Station, 'reads' | 'draw' | 'figure'> & {
    readonly reads: readonly P[];
    draw(seen: Seen<P>): string;
    figure(seen: Seen<P>): string;
  },
): Station {
  return made;
}

const phones = station({
  name: 'phones',
  reads: ['phones', 'focus', 'home', 'users'],
  title: 'Phones',
  where: 'at home',
  phase: 'train',
  about: 'Everybody’s list stays on their own device; those who are there train on it.',
  lesson: 2,
  panel: 'ratings',
  draw: ({ phones: all, focus }) =>
    all
      .map(({ colour, isPresent }, at) => {
        const [x, y] = [8 + 32 * (at % 6), 8 + 52 * Math.floor(at / 6)];
        const ink = colour < 0 ? 'var(--flow-accent)' : colourOf(colour);
        const look = isPresent ? `fill="${ink}" fill-opacity=".85"` : 'fill="none" stroke-dasharray="3 2"';
        const ring =
          at === focus ? rect(x - 4, y - 4, 32, 52, 'rx="7" fill="none" stroke="var(--flow-ink)"') : '';
        const screen = isPresent ? rect(x + 4, y + 6, 16, 27, 'rx="1" fill="var(--flow-paper)"') : '';
        return `${ring}${rect(x, y, 24, 44, `rx="4" stroke="${ink}" ${look}`)}${screen}`;
      })
      .join(''),
  figure: ({ home, users }) =>
    home
      ? `${grouped(home.trained)} of ${grouped(users)} train${home.loss === null ? '' : `, loss ${share(home.loss)}`}`
      : `${plural(users, 'client')}, ${grouped(users)} lists`,
});

const message = station({
  name: 'message',
  reads: ['message', 'sentRound', 'sum'],
  title: 'Message',
  where: 'on the way',
  phase: 'send',
  about:
    'A client sends how it would change the item table: a column B and a row A, whose product is the change.',
  lesson: 3,
  panel: 'client',
  draw: ({ message: sent, sentRound }) => {
    if (!sent) return nothing(sentRound > 0 ? `absent in round ${sentRound}` : 'nothing sent yet');
    const columns = sent.right.length;
    const product = sent.left.flatMap((b) => sent.right.map((a) => b * a));
    return [
      letters(18, 17, 'B · A', 'fill="var(--flow-soft)"'),
      heat(sent.right, columns, { x: 52, y: 6, width: 142, height: 12 }),
      heat(sent.left, 1, { x: 30, y: 26, width: 12, height: 80 }),
      heat(product, columns, { x: 52, y: 26, width: 142, height: 80 }),
    ].join('');
  },
  figure: ({ message: sent, sum: added }) =>
    sent
      ? `${bytesText(sent.bytes)}; as whole rows ${bytesText(sent.fullBytes)}`
      : added
        ? `${bytesText(added.bytesUp)} from each of the others`
        : '–',
});

const sum = station({
  name: 'sum',
  reads: ['phones', 'sum'],
  title: 'Sum',
  where: 'at the server',
  phase: 'broadcast',
  about: 'The server adds all messages up. Of the lists behind them it sees none.',
  lesson: 2,
  panel: 'bytes',
  draw: ({ phones: all, sum: added }) => {
    if (!added) return nothing('nothing to add yet');
    const most = Math.max(1, ...added.bytes);
    const bars = all.map(({ colour }, at) => {
      const height = (added.bytes[at]! / most) * 88;
      const fill = colour < 0 ? 'var(--flow-accent)' : colourOf(colour);
      return rect(6 + 8.4 * at, 100 - height, 6, height, `fill="${fill}"`);
    });
    return [
      ...bars,
      line(4, 100.5, 106, 100.5, 'stroke="var(--flow-line)"'),
      letters(120, 66, '→', 'font-size="20" fill="var(--flow-soft)"'),
      letters(168, 72, 'Σ', 'font-size="44" text-anchor="middle" fill="var(--flow-ink)"'),
    ].join('');
  },
  figure: ({ sum: added }) =>
    added
      ? `${plural(added.clients, 'message')} added up${added.rejected > 0 ? `, ${added.rejected} rejected` : ''}`
      : '–',
});

const table = station({
  name: 'table',
  reads: ['table'],
  title: 'Table Q',
  where: 'at the server',
  phase: 'broadcast',
  about: 'The sum moves the item table Q. The step goes down to everybody, cut to a low rank.',
  lesson: 3,
  panel: 'bytes',
  draw: ({ table: step }) =>
    step
      ? heat(step.values, step.values.length / step.rows.length, { x: 6, y: 8, width: 188, height: 96 })
      : nothing('random numbers so far'),
  figure: ({ table: step }) =>
    step
      ? `step down: ${bytesText(step.bytesDown)}; whole ${bytesText(step.fullBytesDown)}`
      : 'as good as guessing',
});

const tokens = station({
  name: 'tokens',
  reads: ['tokens', 'phones', 'focus'],
  title: 'Tokens',
  where: 'at the server',
  phase: 'cluster',
  about: 'Of each client the server remembers a token. The colours say whose tokens point the same way.',
  lesson: 6,
  panel: 'attention',
  draw: ({ tokens: cosines, phones: all }) =>
    cosines
      ? heat(cosines, all.length, { x: 48, y: 4, width: 104, height: 104 }, 1)
      : nothing('no tokens yet'),
  figure: ({ tokens: cosines, phones: all, focus }) => {
    if (!cosines) return '–';
    const own = cosines.slice(focus * all.length, (focus + 1) * all.length);
    const nearest = nearestTo(cosines, all.length, focus);
    if (nearest < 0 || own.every((cosine) => cosine === 0)) return `${all[focus]!.id} has not been heard yet`;
    return `${all[focus]!.id} is most like ${all[nearest]!.id}: ${share(own[nearest]!)}`;
  },
});

/** Whose token has the largest cosine with that of a phone; -1 where there is no other phone. */
export function nearestTo(cosines: readonly number[], count: number, phone: number): number {
  let best = -1;
  for (let other = 0; other < count; other++) {
    const isBetter = best < 0 || cosines[phone * count + other]! > cosines[phone * count + best]!;
    if (other !== phone && isBetter) best = other;
  }
  return best;
}

const groups = station({
  name: 'groups',
  reads: ['groups'],
  title: 'Groups',
  where: 'at the server',
  phase: 'cluster',
  about: 'K-means groups clients whose messages point the same way, step by step. Nobody told it any group.',
  lesson: 5,
  panel: 'plane',
  draw: ({ groups: found }) => {
    if (!found) return nothing('no groups yet');
    const [of, shapes] = [found.dots, new Map<string, [x: number, y: number][]>()];
    const reach = of.reduce((most, value, at) => (at % 4 < 2 ? Math.max(most, Math.abs(value)) : most), 0.01);
    const at = (x: number, y: number): [number, number] => [100 + (90 * x) / reach, 56 - (48 * y) / reach];
    for (let dot = 0; dot < of.length; dot += 4) {
      const colour = colourOf(of[dot + 2]!);
      const look = of[dot + 3] ? `fill="${colour}"` : `fill="none" stroke="${colour}"`;
      shapes.set(look, [...(shapes.get(look) ?? []), at(of[dot]!, of[dot + 1]!)]);
    }
    const dots = [...shapes].map(([look, middles]) => circles(middles, 3, look));
    const crosses = Array.from({ length: found.centroids.length / 3 }, (_, cluster) => {
      const [x, y] = at(found.centroids[3 * cluster]!, found.centroids[3 * cluster + 1]!);
      const look = `fill="${colourOf(found.centroids[3 * cluster + 2]!)}" stroke="var(--flow-ink)"`;
      return rect(x - 5.5, y - 1.7, 11, 3.4, look) + rect(x - 1.7, y - 5.5, 3.4, 11, look);
    });
    return dots.join('') + crosses.join('');
  },
  figure: ({ groups: found }) => {
    if (!found) return '–';
    const step =
      found.moved === null ? '' : `, step ${found.step + 1} of ${found.steps}: ${found.moved} move`;
    return `${plural(found.clusters, 'group')}${step}`;
  },
});

const attention = station({
  name: 'attention',
  reads: ['attention', 'phones', 'focus'],
  title: 'Attention',
  where: 'at the server',
  phase: 'attend',
  about: 'Each client listens to others, most to those whose tokens are most like its own, never to itself.',
  lesson: 6,
  panel: 'attention',
  draw: ({ attention: found, phones: all, focus }) => {
    if (!found) return nothing('nobody listens yet');
    const most = Math.max(1e-12, ...found.weights);
    const y = (phone: number) => 6 + (phone * 100) / Math.max(1, all.length - 1);
    const lines = found.weights.map((weight, phone) => {
      const part = weight / most;
      const look = `stroke="${colourOf(all[phone]!.colour)}" stroke-width="${(0.5 + 5 * part).toFixed(1)}" stroke-opacity="${(0.25 + 0.75 * part).toFixed(2)}"`;
      return phone === focus || weight === 0 ? '' : line(176, y(phone), 30, 56, look);
    });
    const dots = all.map(({ colour }, phone) =>
      phone === focus ? '' : circle(180, y(phone), 4, `fill="${colourOf(colour)}"`),
    );
    const own = circle(26, 56, 9, `fill="${colourOf(all[focus]!.colour)}" stroke="var(--flow-ink)"`);
    return [...lines, ...dots, own].join('');
  },
  figure: ({ attention: found, phones: all, focus }) => {
    if (!found) return '–';
    const strongest = found.weights.indexOf(Math.max(...found.weights));
    if (!(found.weights[strongest]! > 0)) return `${all[focus]!.id} listens to nobody drawn here`;
    return `${all[focus]!.id} listens to ${all[strongest]!.id} most: ${share(found.weights[strongest]!)}`;
  },
});

const list = station({
  name: 'list',
  reads: ['list'],
  title: 'Top ten',
  where: 'at home',
  phase: 'evaluate',
  about: 'Table and personal part make a list at home. ★ is the item that was hidden from training.',
  lesson: 1,
  panel: 'lists',
  draw: ({ list: top }) => {
    const scores = top.items.map((_, place) => scoreOf(top, place));
    const [least, most] = [Math.min(0, ...scores), Math.max(1e-12, ...scores)];
    return top.items
      .map((_, place) => {
        const width = Math.max(2, ((scores[place]! - least) / (most - least)) * 160);
        const fill = top.isOwn?.[place] === false ? 'var(--flow-line)' : 'var(--flow-accent)';
        const star = place === top.held ? letters(4, 12 + 10.4 * place, '★', 'fill="var(--flow-star)"') : '';
        return rect(18, 4 + 10.4 * place, width, 8, `rx="1.5" fill="${fill}"`) + star;
      })
      .join('');
  },
  figure: ({ list: top }) => {
    if (top.rank === 0) return plural(top.items.length, 'item');
    return top.rank === top.rankBefore
      ? `★ at rank ${grouped(top.rank)}`
      : `★ at rank ${grouped(top.rank)}, at first ${grouped(top.rankBefore)}`;
  },
});

/** s = base + β δ */
export function scoreOf({ base, personal, mix }: FlowFrame['list'], place: number): number {
  return base[place]! + mix * personal[place]!;
}

export const stations = [phones, message, sum, table, tokens, groups, attention, list] as const;

/** Which stations are at work at a moment. */
export function isAtWork({ phase, name }: Station, frame: Pick<FlowFrame, 'phase'>): boolean {
  return frame.phase === null ? name === 'phones' : phase === frame.phase;
}
