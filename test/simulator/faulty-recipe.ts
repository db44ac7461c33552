// A recipe for tests: FedTLRec whose client 20 fails in round 2, as often and in the way that the seed says.
// The count of failures lies in shared memory, because the thread that fails is gone.
import { federation } from '../../lib/federated/federation.ts';
import type { ClientTask } from '../../lib/federated/local-model.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { attentionBetweenClients, lowRankFactorization } from '../../lib/federated/recipes/fedtlrec.ts';

/** Seeds: the last digit is how many times to fail, the digit before it how (0 throw, 1 exit). */
export const faulty: Recipe = {
  name: 'faulty',
  summary: 'fails on purpose',
  module: import.meta.url,
  create: (setup) => {
    const failures = setup.memory.uint32('testFailures', 1);
    const parts = lowRankFactorization(setup);
    const train = parts.localModel.train.bind(parts.localModel);
    parts.localModel.train = (task: ClientTask, state: Float32Array) => {
      const result = train(task, state);
      if (task.client === 20 && task.round === 2 && Atomics.load(failures, 0) < setup.settings.seed % 10) {
        Atomics.add(failures, 0, 1);
        if (Math.floor(setup.settings.seed / 10) % 10 === 1) process.exit(7);
        throw new Error('client 20 failed on purpose');
      }
      return result;
    };
    return federation(setup, { ...parts, aggregator: attentionBetweenClients(setup) });
  },
};
