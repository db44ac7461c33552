// 2. A low-rank update, by hand. A client trained on four items. What it wants to change in the item table is a column
// times a row, so the column and the row say all of it: rank one, and nothing is lost. What the server wants to send
// back, a sum over many clients, has a higher rank; there something is cut off, kept, and sent later.
//
// Run: npx tsx examples/02-low-rank-update.ts
// Installed: import { … } from 'fedtlrec', or from 'fedtlrec/lora'
import {
  bytesSaved,
  compress,
  compressWithFeedback,
  expand,
  frobeniusNorm,
  fromRows,
  type Matrix,
  merge,
  randomStream,
  rankOneUpdate,
  toRows,
  truncatedSvd,
  vector,
  zeros,
} from '../lib/index.ts';
import { fixed, printTable, say } from './print.ts';

// #region rank-one
const items = ['Moon', 'Mars', 'Rose', 'Waltz'];
const userVector = vector([0.8, -0.5, 0.1]); // p [factors]; stays at home in every other respect
const scoreGradient = vector([-0.4, -0.7, 0.2, 0.3]); // g = σ(s) − y [items]: it wants Moon and Mars, got Rose and Waltz

const { left, right } = rankOneUpdate(scoreGradient, userVector); // B = −g [items, 1] and A = [p, 1] [1, factors + 1]
const change = expand({ left, right }); // ΔQ = B A [items, factors + 1]
// #endregion rank-one

say('The change that one client asks for, ΔQ = −g [p, 1]:');
printTable(
  ['item', 'B', 'factor 1', 'factor 2', 'factor 3', 'bias'],
  items.map((name, item) => [
    name,
    fixed(left.get(item, 0), 2),
    ...toRows(change)[item]!.map((value) => fixed(value, 2)),
  ]),
);
say(
  `A = [${toRows(right)[0]!
    .map((value) => fixed(value, 2))
    .join(', ')}]: every row is A times the row's entry of B.`,
);

const { singularValues } = truncatedSvd(change, 4);
say(
  `Singular values of ΔQ: ${[...singularValues].map((value) => fixed(value, 3)).join(', ')}.`,
  'Only one is not zero: the matrix has rank one, so sending B and A loses nothing.',
);

const { dense, lowRank } = bytesSaved(500, 17, 1);
say(`For 500 items and 17 columns: ${dense} bytes of rows, or ${lowRank} bytes of B and A.`);

// #region feedback
const rng = randomStream(1, 'example');
const step = zeros(8, 5); // what the server wants to change: the sum of six clients [items, factors + 1]
for (let client = 0; client < 6; client++) {
  const g = vector(Array.from({ length: 8 }, () => rng.normal()));
  const p = vector(Array.from({ length: 4 }, () => rng.normal()));
  merge(step, rankOneUpdate(g, p), 1);
}

const carried = zeros(8, 5); // what was cut off and not sent yet
const received = zeros(8, 5); // what the clients have got so far
const rows: (string | number)[][] = [];
for (let round = 1; round <= 5; round++) {
  const isNew = round === 1; // the server wants the step once, then nothing more
  const { sent, relativeError } = compressWithFeedback(isNew ? step : zeros(8, 5), carried, 1);
  merge(received, sent, 1);
  rows.push([
    round,
    fixed(frobeniusNorm(expand(sent)), 2),
    fixed(frobeniusNorm(carried), 2),
    fixed(relativeError, 2),
  ]);
}
// #endregion feedback

say(
  'The sum of six clients has rank five, and is sent down with rank one a round; what is left over is carried:',
  `(size of the whole step: ${fixed(frobeniusNorm(step), 2)})`,
);
printTable(['round', 'size sent', 'size carried on', 'share left out'], rows);
const missing = frobeniusNorm(
  fromRows(toRows(step).map((row, i) => row.map((value, k) => value - received.get(i, k)))),
);
say(`After five rounds ${fixed(missing, 3)} is missing: low rank down is late, not lossy.`);

// #region rounding
/** A matrix rounded to whole levels around 0, as many as fit into the bits, times one scale. */
function rounded(values: Matrix, bits: number): Matrix {
  const largest = Math.max(...toRows(values).flat().map(Math.abs));
  const level = largest / (2 ** (bits - 1) - 1) || 1;
  return fromRows(toRows(values).map((row) => row.map((value) => level * Math.round(value / level))));
}

/** How much of the step is missing after each of many rounds if both factors are rounded: late, too, since c keeps the rest. */
function missingAfter(rounds: number, bits: number, carriesRounding: boolean): number[] {
  const left = fromRows(toRows(step)); // c: what is still to be sent
  const arrived = zeros(8, 5);
  return Array.from({ length: rounds }, () => {
    const factors = compress(left, 1);
    const sent = { left: rounded(factors.left, bits), right: rounded(factors.right, 8) };
    merge(arrived, sent, 1);
    merge(left, carriesRounding ? sent : factors, -1);
    const difference = fromRows(toRows(step));
    difference.data.forEach((_, at) => {
      difference.data[at]! -= arrived.data[at]!;
    });
    return frobeniusNorm(difference) / frobeniusNorm(step);
  });
}
// #endregion rounding

say(
  'The same with rounded numbers, if c keeps what rounding cut off, and if it does not: the share that is missing',
);
printTable(
  ['bits of B', 'after 1 round', 'after 5', 'after 20', 'after 20, not kept'],
  [8, 4, 3, 2].map((bits) => {
    const kept = missingAfter(20, bits, true);
    const lost = missingAfter(20, bits, false);
    return [bits, ...[kept[0]!, kept[4]!, kept[19]!, lost[19]!].map((share) => fixed(share, 3))];
  }),
);
