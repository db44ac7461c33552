// How many stars would they give? Matrix factorization with biases, by both solvers, on ratings that were held out.
// With two files, such as those of MovieLens-100K, it trains on the first: stars.ts u1.base u1.test
import { buildRatings, fit, type Ratings, ratingErrors, syntheticRatings } from 'fedtlrec';
import { readRatingsFile } from 'fedtlrec/node';

const [train, test] = process.argv.length > 3 ? await fromFiles() : inventedOnes();
const solvers = [
  { solver: 'sgd', factors: 64, epochs: 50, learningRate: 0.01, regularization: 0.1 },
  { solver: 'als', factors: 8, epochs: 15, regularization: 0.15 },
] as const;
for (const options of solvers) {
  const model = fit(train, { loss: 'squared', ...options });
  const { rmse, mae, count } = ratingErrors(model, test);
  console.log(JSON.stringify(options));
  console.log(`  RMSE ${rmse.toFixed(3)}  MAE ${mae.toFixed(3)}  on ${count} held-out ratings`);
}

async function fromFiles(): Promise<[Ratings, Ratings]> {
  const [, , first, second] = process.argv;
  return [(await readRatingsFile(first!)).ratings, (await readRatingsFile(second!)).ratings];
}

/** Every fifth rating of each user is held out. */
function inventedOnes(): [Ratings, Ratings] {
  const { ratings } = syntheticRatings({ users: 300, items: 200 });
  const rows = ratings.users.flatMap((user, number) => {
    const [from, to] = [ratings.offsets[number]!, ratings.offsets[number + 1]!];
    return Array.from(ratings.itemOf.subarray(from, to), (item, place) => {
      return { user, item: ratings.items[item]!, value: ratings.values[from + place]!, time: null, place };
    });
  });
  const part = (isHeld: boolean) => rows.filter(({ place }) => (place % 5 === 4) === isHeld);
  return [buildRatings('train', part(false)).ratings, buildRatings('test', part(true)).ratings];
}
