// How well the followed clients are served, one by one. In: a run as it is now; out: HR@10 and NDCG@10 on validation.
import { blockSizeFor, evaluateBlock } from '../training/evaluate.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { FollowedClients } from './followed-clients.ts';

/**
 * @param mix β, 0 for figures without the personal part
 * @returns [N, 2], NaN where a client has no held-out item
 */
export function measureFollowed(run: OpenRun, followed: FollowedClients, mix: number): Float32Array {
  const { program, settings, setup } = run;
  const task = { part: 'validation', recency: settings.recency, mixes: [mix] } as const;
  const measured = new Float32Array(followed.count * 2);
  for (const all of program.blocks(blockSizeFor(setup.split.train.users))) {
    const block = all.filter((client) => followed.placeOf(client) !== undefined);
    if (block.length === 0) continue;
    const four = evaluateBlock(program, setup.split, block, task); // [1, block, 4]
    block.forEach((client, row) => {
      measured.set(four.subarray(row * 4, row * 4 + 2), 2 * followed.placeOf(client)!);
    });
  }
  return measured;
}
