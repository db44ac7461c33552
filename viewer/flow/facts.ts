// What stands in an open station: its numbers as a table, and a sentence that is worded from them. In: a frame; out: text.
import { bytesText, grouped, share, short, timesText } from '../figures.ts';
import { plural } from '../words.ts';
import type { FlowFrame } from './flow-frame.ts';
import { scoreOf } from './stations.ts';

export interface Facts {
  readonly note: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const none = (note: string): Facts => ({ note, header: [], rows: [] });

/** By the names of the stations. */
export const factsOf: Readonly<Record<string, (frame: FlowFrame) => Facts>> = {
  phones: ({ phones, users, home }) => ({
    note: `${phones.length} of ${plural(users, 'client')} are drawn; the ringed one is followed through all stations.`,
    header: ['Client', 'Ratings', 'Takes part', 'Loss'],
    rows: phones.map(({ id, ratings, isPresent, loss }) => [
      ...[id, grouped(ratings), home === null ? '–' : isPresent ? 'yes' : 'absent'],
      loss === null ? '–' : share(loss),
    ]),
  }),
  message: ({ message, phones, focus, sentRound }) => {
    const client = phones[focus]!.id;
    if (!message)
      return none(sentRound > 0 ? `Client ${client} is absent in round ${sentRound}.` : 'Nothing sent yet.');
    const [b, a] = [message.left[0] ?? 0, message.right[0] ?? 0];
    return {
      note: `Client ${client} changes ${plural(message.totalRows, 'row')} of Q. Every change is an entry of B times an entry of A: the first is ${short(b)} · ${short(a)} = ${short(b * a)}. So two thin matrices are sent, ${bytesText(message.bytes)}, ${timesText(message.fullBytes / message.bytes)} fewer than the rows themselves.`,
      header: ['Item', 'B'],
      rows: message.rows.map((row, at) => [row, short(message.left[at]!)]),
    };
  },
  sum: ({ sum, phones }) =>
    sum === null
      ? none('Nothing has arrived yet.')
      : {
          note: `${plural(sum.clients, 'message')} of ${bytesText(sum.bytesUp)} on average. A bar is what one of the drawn clients sent; an absent one sent nothing.`,
          header: ['Client', 'Bytes'],
          rows: phones.map(({ id }, at) => [id, sum.bytes[at] ? bytesText(sum.bytes[at]!) : 'nothing']),
        },
  table: ({ table }) => {
    if (table === null) return none('Q holds random numbers until the first messages have arrived.');
    const columns = Math.max(1, table.values.length / Math.max(1, table.rows.length));
    return {
      note: `The step goes down at rank ${table.rank}: ${bytesText(table.bytesDown)} instead of ${bytesText(table.fullBytesDown)}. ${table.cutOff > 0 ? `${Math.round(100 * table.cutOff)} % of it do not fit and are carried over to the next round.` : 'Nothing of it is cut off.'} The rows that move most:`,
      header: ['Item', 'Largest change'],
      rows: table.rows.map((row, at) => {
        const values = table.values.slice(at * columns, (at + 1) * columns);
        return [
          row,
          short(values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most))),
        ];
      }),
    };
  },
  tokens: ({ tokens, phones, focus }) =>
    tokens === null
      ? none('The server has no tokens to compare yet, or this recipe keeps none.')
      : {
          note: `The cosine of client ${phones[focus]!.id}’s token with those of the others drawn: 1 is the same direction, −1 the opposite.`,
          header: ['Client', 'Cosine'],
          rows: others(phones, focus, (other) => share(tokens[focus * phones.length + other]!)),
        },
  groups: ({ groups }) =>
    groups === null
      ? none('No groups yet, or this recipe makes none.')
      : {
          note: `Inertia ${short(groups.inertia)}${groups.moved === null ? '' : `; in step ${groups.step + 1} of ${groups.steps}, ${plural(groups.moved, 'client')} changed the group`}. Crosses are the means of the groups.`,
          header: ['Group', 'Followed clients'],
          rows: groups.counts.map((count, group) => [String(group + 1), grouped(count)]),
        },
  attention: ({ attention, phones, focus }) => {
    if (attention === null) return none('No attention yet, or this recipe has none.');
    const drawn = attention.weights.reduce((sum, weight) => sum + weight, 0);
    return {
      note: `How client ${phones[focus]!.id} shares its attention, head ${attention.head + 1}, τ = ${short(attention.temperature)}. The clients drawn get ${Math.round(100 * drawn)} % of it, the others the rest.`,
      header: ['Client', 'α'],
      rows: others(phones, focus, (other) => share(attention.weights[other]!)),
    };
  },
  list: ({ list, items }) => ({
    note: `${listNote(list, items)} Grey bars: items of another taste group, where the groups are known.`,
    header: ['Item', 'Score = own + β · δ'],
    rows: list.items.map((item, place) => [
      `${place === list.held ? '★ ' : ''}${item}`,
      `${short(list.base[place]!)} + ${short(list.mix)} · ${short(list.personal[place]!)} = ${short(scoreOf(list, place))}`,
    ]),
  }),
};

function others(phones: FlowFrame['phones'], focus: number, read: (other: number) => string): string[][] {
  return phones.flatMap(({ id }, other) => (other === focus ? [] : [[id, read(other)]]));
}

function listNote({ rank, rankBefore, hr, error }: FlowFrame['list'], items: number): string {
  const all =
    hr === null
      ? ''
      : ` Over all clients, HR@10 on validation is ${share(hr)}${error === null ? '' : ` ± ${share(error)}`}.`;
  if (rank === 0) return `This client has too few ratings to hide one.${all}`;
  const way =
    rank < rankBefore ? 'up from' : rank > rankBefore ? 'down from' : 'where it was before the first round:';
  const moved = rank === rankBefore && hr === null ? '' : `, ${way} rank ${grouped(rankBefore)}`;
  return `The hidden item ★ stands at rank ${grouped(rank)} of ${grouped(items)} items less those seen${moved}.${all}`;
}
