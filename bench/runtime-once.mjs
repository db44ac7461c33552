// Trains recipes of the built package on synthetic ratings, in whatever runtime runs this file; prints JSON: what they
// learned, as digests, and how long it took.
import { leaveOneOut, syntheticRatings, train } from '../dist/index.js';
import { recipeNamed } from '../dist/training/recipes.js';

const [recipes, rounds] = [process.argv.at(-2).split(','), Number(process.argv.at(-1))];
const { ratings } = syntheticRatings({ users: 600, items: 800, meanRatings: 40 });
const split = leaveOneOut(ratings);
const answers = [];
for (const recipe of recipes) {
  const start = performance.now();
  const { digest } = await train(await recipeNamed(recipe), split, { settings: { rounds } });
  answers.push({ recipe, digest, seconds: (performance.now() - start) / 1000 });
}
console.log(JSON.stringify(answers));
