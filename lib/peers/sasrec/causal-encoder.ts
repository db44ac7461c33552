// A transformer that reads a sequence of items from left to right: each position looks at itself and at what came before.
// In: a sequence, oldest item first; out: one row a position, which says what may come after it. Kang & McAuley (2018), with
// the encoder block of this library in place of theirs: its blocks normalise after each sum, not before.
import { namedParameters, type ParameterTree } from '../../model/parameters.ts';
import {
  type EncoderBlockCache,
  type EncoderBlockParameters,
  encoderBlock,
  encoderBlockBackward,
  encoderBlockParameters,
} from '../../model/transformer.ts';
import { type FloatType, floatType, type Matrix, zeros } from '../../numeric/ndarrays.ts';
import type { MatmulBackend } from '../../numeric/product.ts';
import type { RandomStream } from '../../numeric/rng.ts';
import { addTo } from './parameters-in.ts';

/** All that the network learns. */
export type SequenceParameters = ParameterTree & {
  /** A block after the other, by the names block1, block2, … */
  blocks: { [name: string]: EncoderBlockParameters };
  /** E [items, dim]: an item where it is read, and where it is scored. */
  items: Matrix;
  /** [length, dim]; the last row is the newest item's. */
  positions: Matrix;
};

export interface SequenceShape {
  readonly items: number;
  /** Longest sequence. */
  readonly length: number;
  readonly dim: number;
  /** Width of the feed-forward networks. */
  readonly hidden: number;
  readonly blocks: number;
}

export interface EncodeOptions {
  /** Attention heads; divides dim. */
  readonly heads: number;
  readonly backend?: MatmulBackend;
  /** Where the numbers to leave out are drawn from, while training, and their share. Default: none is left out. */
  readonly dropout?: { readonly share: number; readonly rng: RandomStream };
}

/** What the backward pass needs. */
export interface EncoderCache {
  readonly sequence: Uint32Array;
  /** What each block got, [n, dim]. */
  readonly inputs: readonly Matrix[];
  readonly blocks: readonly EncoderBlockCache[];
  /** What each number was multiplied by before the first block and after the last: 0 where it was left out. */
  readonly kept: readonly (Float32Array | null)[];
}

/** Fresh parameters: normal numbers of standard deviation `scale` for items and positions, blocks as the library makes them. */
export function sequenceParameters(
  { items, length, dim, hidden, blocks }: SequenceShape,
  rng: RandomStream,
  scale: number,
  type: FloatType = 'float64',
): SequenceParameters {
  const drawn = (rows: number) => {
    const table = zeros(rows, dim, type);
    for (let at = 0; at < table.size; at++) table.data[at] = scale * rng.normal();
    return table;
  };
  const itemTable = drawn(items);
  const positions = drawn(length);
  const stack = Array.from({ length: blocks }, (_, block) => [
    `block${block + 1}`,
    encoderBlockParameters(dim, hidden, rng, type),
  ]);
  return { items: itemTable, positions, blocks: Object.fromEntries(stack) };
}

/**
 * Reads a sequence.
 *
 * @param sequence items, oldest first, at most as many as there are positions
 * @returns output [n, dim]: row t follows from items 0 … t only
 */
export function encodeSequence(
  parameters: SequenceParameters,
  sequence: Uint32Array,
  { heads, backend, dropout }: EncodeOptions,
): { output: Matrix; cache: EncoderCache } {
  const mask = causalMask(sequence.length);
  let signal = embed(parameters, sequence); // [n, dim]
  const kept = [leaveOut(signal, dropout)];
  const inputs: Matrix[] = [];
  const caches: EncoderBlockCache[] = [];
  for (const block of Object.values(parameters.blocks)) {
    inputs.push(signal);
    const { output, cache } = encoderBlock(block, signal, { heads, mask, backend });
    caches.push(cache);
    signal = output;
  }
  kept.push(leaveOut(signal, dropout));
  return { output: signal, cache: { sequence, inputs, blocks: caches, kept } };
}

/**
 * Adds the gradients of a loss with respect to every parameter, given its gradient with respect to the output.
 *
 * @param outputGradient [n, dim]; overwritten
 * @param gradient the sums so far, changed in place
 */
export function encodeSequenceBackward(
  parameters: SequenceParameters,
  { sequence, inputs, blocks, kept }: EncoderCache,
  outputGradient: Matrix,
  gradient: SequenceParameters,
  backend?: MatmulBackend,
): void {
  scale(outputGradient, kept[1]!);
  let signal = outputGradient; // [n, dim]
  const names = Object.keys(parameters.blocks);
  for (let place = names.length - 1; place >= 0; place--) {
    const name = names[place]!;
    const by = encoderBlockBackward(parameters.blocks[name]!, inputs[place]!, blocks[place]!, signal, {
      backend,
    });
    addTo(namedParameters(gradient.blocks[name]!), by.parameters);
    signal = by.clients;
  }
  scale(signal, kept[0]!);
  const dim = signal.shape[1]!;
  const first = gradient.positions.shape[0]! - sequence.length;
  sequence.forEach((item, at) => {
    for (let k = 0; k < dim; k++) {
      const derivative = signal.data[at * dim + k]!;
      gradient.items.data[item * dim + k]! += derivative;
      gradient.positions.data[(first + at) * dim + k]! += derivative;
    }
  });
}

/** Item plus position, [n, dim]; the newest item has the last position however long the sequence is. */
function embed({ items, positions }: SequenceParameters, sequence: Uint32Array): Matrix {
  const dim = items.shape[1]!;
  const length = positions.shape[0]!;
  if (sequence.length < 1 || sequence.length > length) {
    throw new RangeError(`encodeSequence: a sequence must have 1 to ${length} items, got ${sequence.length}`);
  }
  const signal = zeros(sequence.length, dim, floatType(items.data));
  const first = length - sequence.length;
  sequence.forEach((item, at) => {
    for (let k = 0; k < dim; k++) {
      signal.data[at * dim + k] = items.data[item * dim + k]! + positions.data[(first + at) * dim + k]!;
    }
  });
  return signal;
}

/** 1 where position t may look at position s ≤ t, [n × n]. */
function causalMask(length: number): Uint8Array {
  const mask = new Uint8Array(length * length);
  for (let at = 0; at < length; at++) mask.fill(1, at * length, at * length + at + 1);
  return mask;
}

function leaveOut(signal: Matrix, dropout: EncodeOptions['dropout']): Float32Array | null {
  if (!dropout || dropout.share === 0) return null;
  const { share, rng } = dropout;
  const least = share * 2 ** 32;
  const factor = 1 / (1 - share);
  const kept = new Float32Array(signal.size);
  for (let at = 0; at < kept.length; at++) kept[at] = rng.nextUint32() < least ? 0 : factor;
  scale(signal, kept);
  return kept;
}

function scale(signal: Matrix, factors: Float32Array | null): void {
  if (!factors) return;
  for (let at = 0; at < factors.length; at++) signal.data[at]! *= factors[at]!;
}
