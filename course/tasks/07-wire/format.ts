// The wire format once more, written bit by bit from its description, for the judge: what a message must be, byte by byte.
// In: an update and how it travels; out: bytes. It shares nothing with lib/federated/wire.
import type { Dials } from '../../kit/task.ts';

export interface PlainUpdate {
  readonly client: number;
  readonly round: number;
  readonly rows: readonly number[];
  readonly rank: number;
  readonly dims: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly extra: readonly number[];
}

export const codecs = ['float32', 'int8', 'int4', 'int3', 'int2'] as const;
export type CodecName = (typeof codecs)[number];
export const kinds = ['update', 'step', 'part'] as const;
export type Kind = (typeof kinds)[number];

/** Bits of a message, each as 0 or 1, the lowest of a byte first. */
class Bits {
  readonly all: number[] = [];

  number(value: number, width: number): void {
    for (let bit = 0; bit < width; bit++) this.all.push(Math.floor(value / 2 ** bit) % 2);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.number((rest % 128) + 128, 8);
    this.number(rest, 8);
  }

  align(): void {
    while (this.all.length % 8 !== 0) this.all.push(0);
  }

  float(value: number): void {
    this.number(new Uint32Array(Float32Array.of(value).buffer)[0]!, 32);
  }

  bytes(): number[] {
    this.align();
    return Array.from({ length: this.all.length / 8 }, (_, at) =>
      this.all.slice(8 * at, 8 * at + 8).reduce((sum, bit, place) => sum + bit * 2 ** place, 0),
    );
  }
}

/** Both sums, byte by byte. */
export function fletcher(bytes: readonly number[]): [low: number, high: number] {
  let [sum, sums] = [1, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 251;
    sums = (sums + sum) % 251;
  }
  return [sum, sums];
}

/** A message with its last two bytes as they must be. */
export function sealed(bytes: readonly number[]): number[] {
  return [...bytes, ...fletcher(bytes)];
}

/** The upper half of a float32, to the nearest. */
function upperHalf(size: number): number {
  const bits = new Uint32Array(Float32Array.of(size).buffer)[0]!;
  return Math.floor((bits + 0x8000) / 0x10000);
}

function fromUpperHalf(half: number): number {
  return new Float32Array(Uint32Array.of(half * 0x10000).buffer)[0]!;
}

interface Column {
  readonly half: number;
  readonly levels: readonly number[];
  readonly restored: readonly number[];
}

/** Numbers that share a scale, in levels of so many bits. */
function rounded(values: readonly number[], bits: number): Column {
  const top = 2 ** (bits - 1) - 1;
  const half = upperHalf(Math.max(0, ...values.map(Math.abs)));
  const scale = fromUpperHalf(half);
  const levels = values.map((value) =>
    scale === 0 ? 0 : Math.max(-top, Math.min(top, Math.floor((top / scale) * value + 0.5))),
  );
  return { half, levels, restored: levels.map((level) => Math.fround(scale * (level / top))) };
}

function writeColumn(bits: Bits, { half, levels }: Column, width: number): void {
  bits.number(half, 16);
  for (const level of levels) bits.number(level + 2 ** (width - 1) - 1, width);
}

function writeGaps(bits: Bits, rows: readonly number[]): void {
  const gaps = rows.map((row, at) => row - (at === 0 ? 0 : rows[at - 1]! + 1));
  const mean = rows.length === 0 ? 0 : gaps.reduce((sum, gap) => sum + gap, 0) / rows.length;
  let low = 0;
  while (rows.length > 0 && 2 ** (low + 1) <= mean + 0.5) low++;
  bits.number(low, 5);
  for (const gap of gaps) {
    for (let ones = Math.floor(gap / 2 ** low); ones > 0; ones--) bits.number(1, 1);
    bits.number(0, 1);
    bits.number(gap % 2 ** low, low);
  }
}

export interface Written {
  readonly bytes: number[];
  /** What a receiver reads. */
  readonly update: PlainUpdate;
  /** Places of bytes, by what stands there. */
  readonly places: { readonly codec: number; readonly rank: number; readonly numbers: number };
}

/** The message of an update. Extra weights must be few enough for one scale; parts must not be in 3 or 2 bits. */
export function written(
  update: PlainUpdate,
  items: number,
  codec: CodecName,
  kind: Kind,
  dials: Dials,
): Written {
  const { client, round, rank, dims, extra } = update;
  const width = kind === 'part' && codec === 'int4' ? 8 : Number(codec.slice(3));
  const isExact = codec === 'float32';
  const columns = rank || dims;
  const column = (k: number) => update.left.filter((_, at) => at % columns === k);
  const lefts = isExact ? [] : Array.from({ length: columns }, (_, k) => rounded(column(k), width));
  const isKept = (row: number) =>
    isExact || update.rows.length === items || lefts.some(({ levels }) => levels[row] !== 0);
  const kept = [...update.rows.keys()].filter(isKept);
  const rows = kept.map((row) => update.rows[row]!);
  const rights = Array.from({ length: rank }, (_, r) => update.right.slice(r * dims, (r + 1) * dims));
  const isOne = (row: readonly number[]) => row[dims - 1] === 1;
  const endsWithOne =
    rank > 0 && (rights.every(isOne) || (!isExact && rights.every((row) => isOne(rounded(row, 8).restored))));
  const sent = endsWithOne ? rights.map((row) => row.slice(0, -1)) : rights;
  const sentRights = sent.map((row) => rounded(row, 8));
  const sentExtra = rounded(extra, 8);

  const bits = new Bits();
  const version = { two: 2, five: 5, nine: 9 }[(dials.version ?? 'two') as 'two']!;
  bits.number(version, 4);
  bits.number(kinds.indexOf(kind), 4);
  for (const each of dials.order === 'round-first' ? [round, client] : [client, round]) bits.varint(each);
  const codecAt = bits.all.length / 8;
  bits.number(codecs.indexOf(codec) + (endsWithOne ? 128 : 0), 8);
  const rankAt = bits.all.length / 8;
  for (const size of [rank, dims, extra.length, rows.length]) bits.varint(size);
  const numbersAt = bits.all.length / 8;
  if (isExact) for (const value of sent.flat()) bits.float(value);
  else if (dims > (endsWithOne ? 1 : 0)) for (const row of sentRights) writeColumn(bits, row, 8);
  if (isExact) for (const value of extra) bits.float(value);
  else if (extra.length > 0) writeColumn(bits, sentExtra, 8);
  if (rows.length < items) {
    if (isExact) for (const row of rows) bits.number(row, items <= 65536 ? 16 : 32);
    else writeGaps(bits, rows);
  }
  bits.align();
  if (isExact) for (const value of update.left) bits.float(value);
  else if (rows.length > 0)
    for (const { half, levels } of lefts)
      writeColumn(bits, { half, levels: kept.map((row) => levels[row]!), restored: [] }, width);
  const restoredLeft = kept.flatMap((row) => lefts.map(({ restored }) => restored[row]!));
  return {
    bytes: sealed(bits.bytes()),
    update: {
      ...update,
      rows,
      left: isExact ? update.left : restoredLeft,
      right: isExact
        ? update.right
        : sentRights.flatMap((row) => (endsWithOne ? [...row.restored, 1] : row.restored)),
      extra: isExact ? extra : sentExtra.restored,
    },
    places: { codec: codecAt, rank: rankAt, numbers: numbersAt },
  };
}
