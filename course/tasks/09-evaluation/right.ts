// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'sets of items, and chances draw by draw',
    edits: [
      {
        find: `  const isCandidate = new Uint8Array(scores.length).fill(1); // [items]
  for (let index = 0; index < excluded.length; index++) isCandidate[excluded[index]!] = 0;
  if (alsoExcluded >= 0) isCandidate[alsoExcluded] = 0;
  isCandidate[target] = 0;
  let others = 0;
  let ahead = 0;
  for (let item = 0; item < scores.length; item++) {
    if (isCandidate[item] === 0) continue;
    others++;
    if (!(scores[item]! < own)) ahead++; // ties and NaN are ahead: a broken score must never help
  }
  return { rank: 1 + ahead, others };
`,
        replace: `  const known = new Set([...Array.from(excluded), alsoExcluded, target]);
  const rivals = [...scores.keys()].filter((item) => !known.has(item));
  const behind = rivals.filter((item) => scores[item]! < own).length;
  return { rank: rivals.length - behind + 1, others: rivals.length };
`,
      },
      {
        find: `  const chances = new Float64Array(draws + 1);
  const fewest = Math.max(0, draws - (others - ahead));
  let probability = Math.exp(
    logChoose(ahead, fewest) + logChoose(others - ahead, draws - fewest) - logChoose(others, draws),
  );
  for (let drawnAhead = fewest; drawnAhead <= Math.min(ahead, draws); drawnAhead++) {
    chances[drawnAhead] = probability;
    // P(x + 1) / P(x) of the hypergeometric distribution.
    probability *=
      ((ahead - drawnAhead) * (draws - drawnAhead)) /
      ((drawnAhead + 1) * (others - ahead - draws + drawnAhead + 1));
  }
  return chances;
`,
        replace: `  const chances = new Float64Array(draws + 1);
  chances[0] = 1;
  for (let drawn = 0; drawn < draws; drawn++) {
    for (let hits = drawn; hits >= 0; hits--) {
      const hit = Math.max(0, ahead - hits) / (others - drawn);
      chances[hits + 1] = chances[hits + 1]! + chances[hits]! * hit;
      chances[hits] = chances[hits]! * (1 - hit);
    }
  }
  return chances;
`,
      },
    ],
  },
  {
    name: 'logarithms for each chance by itself, worths with map and reduce',
    edits: [
      {
        find: `  for (let drawnAhead = fewest; drawnAhead <= Math.min(ahead, draws); drawnAhead++) {
    chances[drawnAhead] = probability;
    // P(x + 1) / P(x) of the hypergeometric distribution.
    probability *=
      ((ahead - drawnAhead) * (draws - drawnAhead)) /
      ((drawnAhead + 1) * (others - ahead - draws + drawnAhead + 1));
  }
`,
        replace: `  for (let x = fewest; x <= Math.min(ahead, draws); x++) {
    probability = logChoose(ahead, x) + logChoose(others - ahead, draws - x) - logChoose(others, draws);
    chances[x] = Math.exp(probability);
  }
`,
      },
      {
        find: `  let worth = 0;
  for (let rank = 1; rank <= Math.min(cutoff, chances.length); rank++) {
    worth += chances[rank - 1]! / discount(rank);
  }
  return worth;
`,
        replace: `  return Array.from(chances.slice(0, cutoff), (chance, at) => chance / discount(at + 1)).reduceRight((a, b) => a + b, 0);
`,
      },
      {
        find: 'Math.log2(1 + rank)',
        replace: 'Math.log1p(rank) / Math.LN2',
      },
    ],
  },
];
