// A training whose server learns its attention layers by their gradients: the recipe as it was described, with an encoder.
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrecAsDescribed } from '../../lib/peers/fedtlrec-as-described.ts';
import { train } from '../../lib/training/train.ts';
import { type Plugged, pluggedOf } from './plugged.ts';

export async function plug(): Promise<Plugged> {
  const { ratings } = syntheticRatings({ users: 60, items: 60, meanRatings: 12, seed: 4 });
  const settings = { rounds: 3, evaluateEvery: 1, factors: 6, clusters: 3, heads: 2, rank: 4 };
  return pluggedOf(await train(fedtlrecAsDescribed, leaveOneOut(ratings), { settings, loops: plainLoops }));
}
