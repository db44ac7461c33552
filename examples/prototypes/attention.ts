// Attention with a mask: who may look at whom is a table of yes and no.
import { attentionParameters, multiHeadAttention, scaledDotProductAttention, toRows } from 'fedtlrec';

const people = ['Ann', 'Bob', 'Eve'];
const tastes = [[1, 0], [0.9, 0.1], [0, 1]]; // biome-ignore format: what each likes
const learnt = [[10], [20], [30]]; // biome-ignore format: what each has learnt
const mask = [[false, true, true], [true, false, true], [true, true, false]]; // biome-ignore format: nobody looks at oneself

const { weights, output } = scaledDotProductAttention({
  ...{ queries: tastes, keys: tastes, values: learnt },
  ...{ scale: 4, mask },
});
toRows(weights).forEach((row, query) => {
  const looks = row.map((weight, key) => `${people[key]} ${weight.toFixed(2)}`).join(', ');
  console.log(`${people[query]} looks at ${looks}: hears ${output.get(query, 0).toFixed(1)}`);
});

// Several heads with lenses of their own, looking at others than themselves: cross-attention.
const newcomers = [[0, 0.8], [0.5, 0.5]]; // biome-ignore format: tastes, too
const heads = multiHeadAttention(attentionParameters(2, 1), newcomers, {
  ...{ heads: 2, others: tastes },
  mask: [[1, 1, 0], [1, 1, 1]], // biome-ignore format: the first may not look at Eve
});
console.log(
  heads.weights
    .map((head) =>
      toRows(head)[0]!
        .map((weight) => weight.toFixed(2))
        .join(' '),
    )
    .join(' | '),
);
