// A small run of the named recipe with a thread, for the test that looks at what is loaded.
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';

const { ratings } = syntheticRatings({ users: 40, items: 50, meanRatings: 8 });
const recipe = await recipeNamed(process.argv[2]!);
const settings = { rounds: 1, evaluateEvery: 1 };
await train(recipe, leaveOneOut(ratings), { settings, executor: threadsExecutor(1) });
