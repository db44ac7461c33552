// One ranked list with several relevant items: cases by hand, then a brute force that walks the places one by one.
import fc from 'fast-check';
import test from 'tape';
import {
  averagePrecision,
  ndcgAt,
  precisionAt,
  recallAt,
  reciprocalRank,
} from '../../lib/evaluation/ranked-list.ts';

const ranked = ['a', 'b', 'c', 'd', 'e'];

const isNear = (got: number, wanted: number) => Math.abs(got - wanted) < 1e-12;

test('two of three relevant items at ranks 2 and 5 give the figures that a person works out', (t) => {
  const likes = ['b', 'e', 'z'];
  t.equal(precisionAt(ranked, likes), 0.2, 'ten places, of which five are empty');
  t.equal(precisionAt(ranked, likes, 5), 0.4);
  t.equal(precisionAt(ranked, likes, 2), 0.5);
  t.equal(recallAt(ranked, likes, 5), 2 / 3);
  t.equal(recallAt(ranked, likes, 4), 1 / 3);
  t.ok(isNear(averagePrecision(ranked, likes), (1 / 2 + 2 / 5) / 3), 'the third one adds 0');
  t.equal(averagePrecision(ranked, likes, 2), 1 / 4, 'two places: the best list has two hits');
  t.equal(reciprocalRank(ranked, likes), 1 / 2);
  t.equal(reciprocalRank(ranked, ['e'], 4), 0, 'beyond the cutoff');
  const perfect = 1 + 1 / Math.log2(3) + 1 / 2;
  t.ok(isNear(ndcgAt(ranked, likes), (1 / Math.log2(3) + 1 / Math.log2(6)) / perfect));
  t.end();
});

test('one relevant item: recall is the hit, precision its tenth, average precision and NDCG are those of its rank', (t) => {
  const items = Uint32Array.from({ length: 12 }, (_, item) => item);
  for (const item of items) {
    const rank = item + 1;
    const hit = rank <= 10 ? 1 : 0;
    t.equal(recallAt(items, [item]), hit);
    t.equal(precisionAt(items, [item]), hit / 10);
    t.equal(averagePrecision(items, [item]), hit / rank);
    t.equal(reciprocalRank(items, [item]), hit / rank);
    t.equal(ndcgAt(items, [item]), hit / Math.log2(1 + rank));
  }
  t.end();
});

test('where nothing is relevant, what is divided by the number of relevant items is no number', (t) => {
  t.equal(precisionAt(ranked, []), 0);
  t.equal(reciprocalRank(ranked, []), 0);
  for (const measure of [recallAt, averagePrecision, ndcgAt]) t.ok(Number.isNaN(measure(ranked, new Set())));
  t.throws(() => recallAt(['a', 'a'], ['a']), /^RangeError: recallAt: ranked must name an item once/);
  t.equal(recallAt(['a', 'b', 'b'], ['a'], 2), 1, 'what stands behind the cutoff is not looked at');
  t.end();
});

test('all of them agree with a walk through the places, and a perfect list is worth 1', (t) => {
  const lists = fc.uniqueArray(fc.nat(20), { maxLength: 15 });
  const inputs = fc.tuple(
    lists,
    fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 15 }),
    fc.integer({ min: 1, max: 12 }),
  );
  fc.assert(
    fc.property(inputs, ([list, likes, cutoff]) => {
      const walked = walk(list, likes, cutoff);
      const [best] = [[...likes, ...list.filter((item) => !likes.includes(item))]];
      return (
        isNear(precisionAt(list, likes, cutoff), walked.precision) &&
        isNear(recallAt(list, likes, cutoff), walked.recall) &&
        isNear(averagePrecision(list, likes, cutoff), walked.average) &&
        isNear(reciprocalRank(list, likes, cutoff), walked.reciprocal) &&
        isNear(ndcgAt(list, likes, cutoff), walked.ndcg) &&
        isNear(ndcgAt(best, likes, cutoff), 1) &&
        isNear(averagePrecision(best, likes, cutoff), 1)
      );
    }),
  );
  t.pass('for random lists');
  t.end();
});

/** The figures, place by place: each place's precision is counted anew. */
function walk(list: number[], likes: number[], cutoff: number) {
  const isHit = (place: number) => place < list.length && likes.includes(list[place]!);
  let [hits, average, reciprocal, gained, possible] = [0, 0, 0, 0, 0];
  for (let place = 0; place < cutoff; place++) {
    if (place < likes.length) possible += Math.LN2 / Math.log(place + 2);
    if (!isHit(place)) continue;
    hits++;
    let soFar = 0;
    for (let before = 0; before <= place; before++) if (isHit(before)) soFar++;
    average += soFar / (place + 1) / Math.min(cutoff, likes.length);
    if (reciprocal === 0) reciprocal = 1 / (place + 1);
    gained += Math.LN2 / Math.log(place + 2);
  }
  return {
    precision: hits / cutoff,
    recall: hits / likes.length,
    average,
    reciprocal,
    ndcg: gained / possible,
  };
}
