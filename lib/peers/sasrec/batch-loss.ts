// One batch of training: stretches of histories forward, the loss of what came next, and all gradients backward.
// In: the parameters and a batch; out: the sum of the losses, and the gradients of their mean, added to those given.
import { type FloatArray, floatType, type Matrix, matrix, zeros } from '../../numeric/ndarrays.ts';
import {
  type EncodeOptions,
  encodeSequence,
  encodeSequenceBackward,
  type SequenceParameters,
} from './causal-encoder.ts';
import { nextItemLoss } from './softmax-loss.ts';

/**
 * @param batch stretches, oldest item first; every item but a stretch's first is predicted from those before it
 * @param drawn the items that the next one is compared with
 * @param gradient the sums so far, changed in place
 * @returns the sum of the losses of all predictions
 */
export function batchLoss(
  parameters: SequenceParameters,
  batch: readonly Uint32Array[],
  drawn: Uint32Array,
  gradient: SequenceParameters,
  options: EncodeOptions,
): number {
  const { backend } = options;
  const read = batch.map((stretch) =>
    encodeSequence(parameters, stretch.subarray(0, stretch.length - 1), options),
  );
  const rows = stacked(read.map(({ output }) => output)); // H [predictions, dim]
  const nextItems = new Uint32Array(rows.shape[0]!);
  let from = 0;
  for (const stretch of batch) {
    nextItems.set(stretch.subarray(1), from);
    from += stretch.length - 1;
  }
  const { loss, rowGradient } = nextItemLoss(
    rows,
    nextItems,
    drawn,
    parameters.items,
    gradient.items,
    backend,
  );
  from = 0;
  for (const { output, cache } of read) {
    const [count, dim] = output.shape as [number, number];
    const own = matrix(
      (rowGradient.data as FloatArray).subarray(from * dim, (from + count) * dim),
      count,
      dim,
    );
    encodeSequenceBackward(parameters, cache, own, gradient, backend);
    from += count;
  }
  return loss;
}

/** The rows of all matrices, one below the other. */
function stacked(parts: readonly Matrix[]): Matrix {
  const dim = parts[0]!.shape[1]!;
  const count = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const all = zeros(count, dim, floatType(parts[0]!.data));
  let from = 0;
  for (const part of parts) {
    all.data.set(part.data, from);
    from += part.size;
  }
  return all;
}
