// A run that the test kills: trains on synthetic ratings, keeps checkpoints in the given folder, continues from the
// newest one, and prints its digest if it is allowed to end.
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { loadCheckpoint, saveCheckpoint, splitDigest } from '../../lib/node/checkpoint.ts';
import { train } from '../../lib/training/train.ts';

void run(process.argv[2]!);

async function run(folder: string): Promise<void> {
  const split = leaveOneOut(syntheticRatings({ users: 60, items: 80, meanRatings: 12, seed: 4 }).ratings);
  const settings = completeSettings({ rounds: 300, evaluateEvery: 100, refreshEvery: 100, factors: 6 });
  const identity = { recipe: 'fedtlrec', settings, split: splitDigest(split), backend: 'simd' };
  const resumed = await loadCheckpoint(folder, (reason) => console.log(`refused ${reason}`)).catch(
    () => undefined,
  );
  console.log(`from ${resumed?.state.round ?? 0}`);
  const result = await train(fedtlrec, split, {
    settings,
    resume: resumed?.state,
    afterRound: async (round, state) => {
      if (round % 5 !== 0) return;
      await saveCheckpoint(folder, state(), identity);
      console.log(`saved ${round}`);
    },
  });
  console.log(`digest ${result.digest} mean ${result.test.ndcg10}`);
}
