// One training run in a process of its own; see child.ts. In: recipe, data, settings, threads; out: what it needed, where
// the time went, and the digest of what it learned.

import { recipeNamed } from '../lib/federated/recipes/index.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { train } from '../lib/federated/train.ts';
import { threadsExecutor } from '../lib/simulator/threads.ts';
import { readRequest, startUsage, type Usage } from './child.ts';
import { readSplit } from './data-files.ts';

export interface TrainRequest {
  readonly recipe: string;
  readonly data: string;
  readonly settings: Partial<Settings>;
  readonly workers: number;
}

export interface TrainAnswer extends Usage {
  readonly digest: string;
  readonly ndcg10: number;
  /** Seconds in the clients and the server's step, in refreshes, and in evaluations. */
  readonly training: number;
  readonly refreshing: number;
  readonly evaluating: number;
}

const { recipe: name, data, settings, workers } = readRequest<TrainRequest>();
const recipe = recipeNamed(name);
const split = await readSplit(data);
const threads = workers > 0 ? { executor: threadsExecutor(workers, recipe), isShared: true } : {};
const parts = { training: 0, refreshing: 0, evaluating: 0 };
const usage = startUsage();
let last = performance.now();
const { digest, test } = await train(recipe, split, {
  settings,
  ...threads,
  onEvent: ({ type }) => {
    const now = performance.now();
    const part =
      type === 'evaluated'
        ? 'evaluating'
        : type === 'clients-clustered' || type === 'attention-computed'
          ? 'refreshing'
          : 'training';
    parts[part] += (now - last) / 1000;
    last = now;
  },
});
parts.evaluating += (performance.now() - last) / 1000; // the test
const answer: TrainAnswer = { ...usage(), ...parts, digest, ndcg10: test.ndcg10 };
console.log(JSON.stringify(answer));
