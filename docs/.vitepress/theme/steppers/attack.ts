// Lesson 8: the server ranks the rows of one message by their number in B. The message is made by the library from a
// small client; noise can be put on it before it leaves. One message is a matter of luck, so the mean of many is shown too.

import { factorizationGradient } from '../../../../lib/model/factorization-gradient.ts';
import { vector, zeros } from '../../../../lib/numeric/matrix.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../../../lib/numeric/sampling.ts';
import { areaUnderCurve, itemScores } from '../../../../lib/privacy/attack.ts';
import { numberInput } from './inputs.ts';
import { attackInWords, plural } from './words.ts';

const catalogue = 200;
const factors = 4;
const touchedCount = 8;
const drawnCount = 24;
export const clients = 60;
export const inputs = { noise: numberInput('Laplace noise on B, scale', [0, 0.5, 1, 2, 4], 0) };

/** A row of the message, as the server ranks it. */
export interface RankedRow {
  readonly item: number;
  /** Its number in B, with noise. */
  readonly value: number;
  /** The truth, which the server does not have. */
  readonly isTouched: boolean;
}

/** One message, ranked, how good the ranking is, and how good it is on average. */
export type Attack = ReturnType<typeof attack>;

/** The attack on the first client's message, and how well it does on the messages of all clients on average. */
export function attack(noiseScale: number): { ranked: RankedRow[]; auc: number; meanAuc: number } {
  const all = Array.from({ length: clients }, (_, client) => attackOn(client, noiseScale));
  const meanAuc = all.reduce((sum, { auc }) => sum + auc, 0) / clients;
  return { ...all[0]!, meanAuc };
}

/** What stands below the bars once the server has named so many items. */
export function attackCaption({ ranked, auc, meanAuc }: Attack, count: number): string {
  const known = `AUC ${auc.toFixed(2)}, on average over ${clients} messages ${meanAuc.toFixed(2)} (.5 is guessing, 1 is knowing): ${attackInWords(meanAuc)}.`;
  const right = ranked.slice(0, count).filter(({ isTouched }) => isTouched).length;
  const all = ranked.filter(({ isTouched }) => isTouched).length;
  if (count === 0)
    return `A message names ${plural(ranked.length, 'item')}; ${all} of them the user touched. The server sorts them by B. ${known}`;
  const named = count === 1 ? 'item with the largest number' : `${count} items with the largest numbers`;
  return `The server calls the ${named} "touched" and is right about ${right}; the message has ${all} touched ones. ${known}`;
}

/** One message, ranked by what the attack reads off it, and how good the ranking is. */
function attackOn(client: number, noiseScale: number): { ranked: RankedRow[]; auc: number } {
  const rng = randomStream(1, 'example', client);
  const rows = sampleWithoutReplacement(touchedCount + drawnCount, catalogue, rng);
  const touched = new Set([...sampleWithoutReplacement(touchedCount, rows.length, rng)]);
  const labels = Array.from(rows, (_, row) => (touched.has(row) ? 1 : 0));
  const userVector = vector(Array.from({ length: factors }, () => rng.normal()));
  const itemTable = zeros(rows.length, factors + 1);
  for (let at = 0; at < itemTable.size; at++) itemTable.data[at] = 0.5 * rng.normal();
  const counts = labels.map(() => 1);
  const { itemStep } = factorizationGradient(userVector, itemTable, { labels, counts });
  const noise = randomStream(1, 'noise', client);
  const left = Float32Array.from(
    itemStep.left.data,
    (value) => value + (noiseScale > 0 ? noise.laplace(noiseScale) : 0),
  );
  const update = {
    client,
    round: 1,
    rows,
    rank: 1,
    dims: factors + 1,
    left,
    right: Float32Array.from(itemStep.right.data),
    extra: new Float32Array(0),
  };
  const scores = itemScores(update, catalogue, 'last-column');
  const isPositive = new Uint8Array(catalogue);
  rows.forEach((item, row) => {
    isPositive[item] = labels[row]!;
  });
  const ranked = Array.from(rows, (item) => ({
    item,
    value: scores[item]!,
    isTouched: isPositive[item] === 1,
  }));
  ranked.sort((a, b) => b.value - a.value);
  return { ranked, auc: areaUnderCurve(scores, isPositive, rows) };
}
