// The end of a round's training: the chunks of clients become one.
import type { RoundEvent } from './events.ts';
import type { ChunkResult } from './recipe.ts';
import { addSum, type UpdateSum } from './update-sum.ts';

/** Adds the chunks' sums to `total`, in their order; tells what happened in each and what they amount to. */
export function* mergeChunks(
  round: number,
  results: readonly ChunkResult[],
  total: UpdateSum,
): Iterable<RoundEvent> {
  let [trained, loss, bytesUp, rejected] = [0, 0, 0, 0];
  for (const result of results) {
    yield* result.events;
    if (result.sum) addSum(total, result.sum);
    trained += result.trained;
    loss += result.loss;
    bytesUp += result.bytesUp;
    rejected += result.events.filter(({ type }) => type === 'message-rejected').length;
  }
  const { clients } = total;
  yield { type: 'updates-merged', round, clients, trained, rejected, bytesUp, loss: loss / trained };
}
