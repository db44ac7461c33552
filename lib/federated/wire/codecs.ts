// The codecs by name: which number codec and which row codec the parts of a message travel in, from exact to two bits.
import { float32, LevelCodec, type NumberCodec } from './numbers.ts';
import { plainRows, type RowCodec, riceGaps } from './rows.ts';

/** How many bits a number of B, or of L on the way down, travels in. */
export const codecNames = ['float32', 'int8', 'int4', 'int3', 'int2'] as const;
export type Codec = (typeof codecNames)[number];

/** The codec of what the server sends, by the settings `codec` and `codecDown`. */
export function codecOfServer({ codec, codecDown }: { codec: Codec; codecDown: Codec | 'same' }): Codec {
  return codecDown === 'same' ? codec : codecDown;
}

/** What the parts of a message travel in. */
export interface CodecParts {
  readonly rows: RowCodec;
  /** B, L, or whole rows: a scale a column. */
  readonly left: NumberCodec;
  /** A or R: a scale a row. */
  readonly right: NumberCodec;
  /** Shared weights outside the item table. */
  readonly extra: NumberCodec;
  /** δ, the personal part. */
  readonly part: NumberCodec;
}

const eight = new LevelCodec({ bits: 8, spacing: 'even' });
const rest = { rows: riceGaps, right: eight, extra: new LevelCodec({ bits: 8, spacing: 'even', block: 64 }) };
/** Most of δ is near 0, so its few levels lie closer there. */
const four = new LevelCodec({ bits: 4, spacing: 'squared', block: 64 });

export const codecs: Readonly<Record<Codec, CodecParts>> = {
  float32: { rows: plainRows, left: float32, right: float32, extra: float32, part: float32 },
  int8: { ...rest, left: eight, part: eight },
  int4: { ...rest, left: new LevelCodec({ bits: 4, spacing: 'even' }), part: eight },
  int3: { ...rest, left: new LevelCodec({ bits: 3, spacing: 'even' }), part: four },
  int2: { ...rest, left: new LevelCodec({ bits: 2, spacing: 'even' }), part: four },
};
