// How well the followed clients are served, one by one. In: a run as it is now; out: every metric on validation.
import { metrics } from '../evaluation/metrics.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { blockSizeFor, evaluateBlock } from '../training/evaluate.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { FollowedClients } from './followed-clients.ts';

/**
 * @param mix β, 0 for figures without the personal part
 * @param order how much what tends to come next counts. Default: not at all
 * @returns [N, metrics], NaN where a client has no held-out item
 */
export function measureFollowed(
  run: OpenRun,
  followed: FollowedClients,
  mix: number,
  order: Order | null = null,
): Float32Array {
  const { program, settings, setup } = run;
  const task = { part: 'validation', recency: settings.recency, mixes: [mix], orders: [order] } as const;
  const measured = new Float32Array(followed.count * metrics.length);
  for (const all of program.blocks(blockSizeFor(setup.split.train.users))) {
    const block = all.filter((client) => followed.placeOf(client) !== undefined);
    if (block.length === 0) continue;
    const figures = evaluateBlock(program, setup, block, task); // [1, block, metrics]
    block.forEach((client, row) => {
      const own = figures.subarray(row * metrics.length, (row + 1) * metrics.length);
      measured.set(own, followed.placeOf(client)! * metrics.length);
    });
  }
  return measured;
}
