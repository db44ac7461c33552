// A real training of fedtlrec on made-up ratings, small enough for a few seconds: the plain loops, which call every function
// that is taught.
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { train } from '../../lib/training/train.ts';
import { type Plugged, pluggedOf } from './plugged.ts';

export async function plug(): Promise<Plugged> {
  const { ratings } = syntheticRatings({ users: 90, items: 80, meanRatings: 12, seed: 4 });
  const settings = {
    rounds: 10,
    evaluateEvery: 2,
    refreshEvery: 4,
    factors: 6,
    clusters: 3,
    heads: 2,
    dropout: 0.2,
  };
  return pluggedOf(await train(fedtlrec, leaveOneOut(ratings), { settings, loops: plainLoops }));
}
