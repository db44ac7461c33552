// One training run of the built package, as its users have it, in a process of its own; see child.ts. In: recipe, data,
// settings, threads; out: what it needed, where the time went, and the digest of what it learned.
import { leaveOneOut } from '../dist/data/split.js';
import { readRatingsFile } from '../dist/node/index.js';
import { threadsExecutor } from '../dist/simulator/threads.js';
import { recipeNamed } from '../dist/training/recipes.js';
import { train } from '../dist/training/train.js';

const { recipe: name, path, settings, workers } = JSON.parse(process.argv.at(-1));
const recipe = await recipeNamed(name);
const { ratings } = await readRatingsFile(path);
const split = leaveOneOut(ratings);
const threads = workers > 0 ? { executor: threadsExecutor(workers) } : {};

/** Which part of the round an event ends. */
const partOf = {
  evaluated: 'evaluating',
  'clients-clustered': 'refreshing',
  'attention-computed': 'refreshing',
};
const parts = { training: 0, refreshing: 0, evaluating: 0 };
const start = performance.now();
const cpuBefore = process.cpuUsage();
let last = start;
const { digest, test } = await train(recipe, split, {
  settings,
  ...threads,
  onEvent: ({ type }) => {
    const now = performance.now();
    parts[partOf[type] ?? 'training'] += (now - last) / 1000;
    last = now;
  },
});
parts.evaluating += (performance.now() - last) / 1000; // the test
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    ...parts,
    digest,
    ndcg10: test.ndcg10,
  }),
);
