// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'shares from pairs, backwards',
    edits: [
      {
        find: `  let sum = 0;
  for (let column = 0; column < scores.length; column++) {
    const share = allowed?.[column] === 0 ? 0 : Math.exp(distanceBelow(largest, scores[column]!));
    scores[column] = share;
    sum += share;
  }
  for (let column = 0; column < scores.length; column++) scores[column] = scores[column]! / sum;
`,
        replace: `  const shares = Array.from(scores, (score, at) => (allowed && !allowed[at] ? 0 : Math.exp(score - largest)));
  const sum = shares.reduceRight((total, share) => total + share, 0);
  scores.set(shares.map((share) => share / sum));
`,
      },
    ],
  },
  {
    name: 'scores and outputs element by element',
    edits: [
      {
        find: `  const scores = product(queries, transpose(keys), backend); // [queries, keys]
  for (let index = 0; index < scores.size; index++) scores.data[index]! *= scale;
`,
        replace: `  const scores = product(queries, transpose(keys), backend); // [queries, keys]
  for (let query = 0; query < queries.shape[0]!; query++) {
    for (let key = 0; key < keys.shape[0]!; key++) {
      let sum = 0;
      for (let k = keys.shape[1]! - 1; k >= 0; k--) sum += scale * queries.get(query, k) * keys.get(key, k);
      scores.set(query, key, sum);
    }
  }
`,
      },
      {
        find: `  if (!keyMask && !noSelf) return undefined;
  return Uint8Array.from({ length: clients * clients }, (_, pair) => {
    const [query, key] = [Math.floor(pair / clients), pair % clients];
    return keyMask?.[key] === 0 || (noSelf && query === key) ? 0 : 1;
  });
`,
        replace: `  if (!keyMask && !noSelf) return undefined;
  const mask = new Uint8Array(clients * clients).fill(1);
  for (let client = 0; client < clients; client++) {
    if (noSelf) mask[client * clients + client] = 0;
    for (let other = 0; other < clients; other++) if (keyMask && !keyMask[other]) mask[client * clients + other] = 0;
  }
  return mask;
`,
      },
    ],
  },
];
