// Stars: how far predictions are off on MovieLens-100K u1, and alternating least squares against the same written with
// ml-matrix. Timings of a contender whose tables differ from ours are not shown.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseRatings } from '../lib/data/parse.ts';
import type { Ratings } from '../lib/data/ratings.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { fit, ratingErrors, type StarsOptions } from '../lib/model/factorization-fit.ts';
import { alternateStars } from '../lib/model/fit-als.ts';
import { initialStars, type RatingList, ratingList, type StarsTables } from '../lib/model/stars.ts';
import { type Absent, type Bench, contender, markdownTable, measure, median } from './bench.ts';
import { absenceOf, dataFile, isHere } from './data-files.ts';

const settings: readonly StarsOptions[] = [
  { loss: 'squared', epochs: 1, learningRate: 0, factors: 1 },
  { loss: 'squared' },
  { loss: 'squared', factors: 16 },
  { loss: 'squared', solver: 'als' },
  { loss: 'squared', solver: 'als', factors: 16 },
];
const epochs = 3;
const regularization = 0.15;
const pace = { turn: 0.2, turns: 5, limit: 8 };

export const bench: Bench = {
  title: 'Matrix factorization on stars',
  async run(say) {
    return [accuracy(say), await speed(say)].join('\n\n');
  },
};

/** RMSE and MAE on u1.test after training on u1.base. */
function accuracy(say: (line: string) => void): string {
  const path = 'ml-100k/u1.base.gz';
  if (!isHere(path)) return absenceOf(path);
  const text = gunzipSync(readFileSync(dataFile(path))).toString();
  const train = parseRatings(text, { name: 'u1.base' }).ratings;
  const held = parseRatings(readFileSync(dataFile('ml-100k/u1.test'), 'utf8'), { name: 'u1.test' }).ratings;
  const rows = settings.map((options) => {
    const errors = [1, 2, 3].map((seed) => ratingErrors(fit(train, { ...options, seed }), held));
    const row = [
      JSON.stringify(options).replaceAll('"', ''),
      median(errors.map(({ rmse }) => rmse)).toFixed(4),
      median(errors.map(({ mae }) => mae)).toFixed(4),
    ];
    say(row.join(' · '));
    return row;
  });
  const about = `\`fit(u1.base, options)\`, then \`ratingErrors(model, u1.test)\`: stars, the medians of three seeds. The first row learns nothing:
it predicts the mean.`;
  return `${about}\n\n${markdownTable(['options', 'RMSE', 'MAE'], rows)}`;
}

interface MlMatrix {
  Matrix: {
    new (rows: number[][]): MlMatrixValue;
    columnVector(values: number[]): MlMatrixValue;
    eye(size: number): MlMatrixValue;
  };
  CholeskyDecomposition: new (values: MlMatrixValue) => { solve(right: MlMatrixValue): MlMatrixValue };
}
interface MlMatrixValue {
  transpose(): MlMatrixValue;
  mmul(other: MlMatrixValue): MlMatrixValue;
  mul(factor: number): MlMatrixValue;
  add(other: MlMatrixValue): MlMatrixValue;
  to1DArray(): number[];
}

async function speed(say: (line: string) => void): Promise<string> {
  const peer = await openMlMatrix();
  const rows: string[][] = [];
  const { ratings } = syntheticRatings({ users: 943, items: 1682, meanRatings: 85 });
  for (const factors of [8, 16, 32]) {
    const list = ratingList(ratings);
    const ours = initialStars(ratings, factors, 1);
    const oursStep = () => alternateStars(list, reset(ours, ratings, factors), { epochs, regularization });
    const entries = [contender('fedtlrec', oursStep)];
    let isSame = true;
    if (!('reason' in peer)) {
      alternateStars(list, reset(ours, ratings, factors), { epochs, regularization });
      isSame = largestDifference(peer.als(list, initialStars(ratings, factors, 1)), ours) < 1e-6;
      entries.push(contender('ml-matrix', () => peer.als(list, initialStars(ratings, factors, 1))));
    }
    const seconds = await measure(entries, pace);
    for (const [name, time] of seconds) {
      const ratio = (time / seconds.get('fedtlrec')!).toFixed(2);
      const isShown = name === 'fedtlrec' || isSame;
      rows.push([
        `${factors} factors`,
        name,
        ...(isShown ? [(time * 1000).toPrecision(3), ratio] : ['–', 'other tables']),
      ]);
      say(rows.at(-1)!.join(' · '));
    }
  }
  const about = `Alternating least squares, ${epochs} epochs on ${ratings.values.length.toLocaleString('en')} invented ratings (943 users, 1682 items): milliseconds, the median of
up to ${pace.turns} turns, in turn, on one thread, from the same start to the same tables. The other is written with ml-matrix as its users
would: a design matrix per row, XᵀX + nλI and its Cholesky decomposition.`;
  const notes = 'reason' in peer ? [`- ${peer.name}: not measured, ${peer.reason}`] : [];
  return [about, markdownTable(['model', 'contender', 'ms', 'ratio'], rows), ...notes].join('\n\n');
}

/** The same start again, in the same memory. */
function reset(tables: StarsTables, ratings: Ratings, factors: number): StarsTables {
  const start = initialStars(ratings, factors, 1);
  tables.users.data.set(start.users.data);
  tables.items.data.set(start.items.data);
  return tables;
}

function largestDifference(a: StarsTables, b: StarsTables): number {
  let largest = 0;
  for (const side of ['users', 'items'] as const) {
    a[side].data.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - b[side].data[at]!));
    });
  }
  return largest;
}

async function openMlMatrix(): Promise<{ als(list: RatingList, tables: StarsTables): StarsTables } | Absent> {
  const name = 'ml-matrix';
  const library = await (import(name) as Promise<MlMatrix>).catch(() => null);
  if (!library) return { name, reason: 'not installed: `npm ci` in bench/' };
  const { Matrix, CholeskyDecomposition } = library;
  const solveSide = (
    own: StarsTables['users'],
    other: StarsTables['users'],
    grouped: [number, number][][],
    mean: number,
  ) => {
    const width = own.shape[1]!;
    grouped.forEach((ratings, row) => {
      if (ratings.length === 0) return;
      const rowOf = (at: number) => Array.from(other.data.subarray(at * width, (at + 1) * width));
      const design = new Matrix(ratings.map(([at]) => [...rowOf(at).slice(0, -1), 1]));
      const target = Matrix.columnVector(ratings.map(([at, stars]) => stars - mean - rowOf(at).at(-1)!));
      const gram = design.transpose().mmul(design);
      gram.add(Matrix.eye(width).mul(ratings.length * regularization));
      const solved = new CholeskyDecomposition(gram).solve(design.transpose().mmul(target));
      own.data.set(solved.to1DArray(), row * width);
    });
  };
  return {
    als({ userOf, itemOf, values }, tables) {
      const byUser = Array.from({ length: tables.users.shape[0]! }, (): [number, number][] => []);
      const byItem = Array.from({ length: tables.items.shape[0]! }, (): [number, number][] => []);
      values.forEach((stars, at) => {
        byUser[userOf[at]!]!.push([itemOf[at]!, stars]);
        byItem[itemOf[at]!]!.push([userOf[at]!, stars]);
      });
      for (let epoch = 0; epoch < epochs; epoch++) {
        solveSide(tables.users, tables.items, byUser, tables.mean);
        solveSide(tables.items, tables.users, byItem, tables.mean);
      }
      return tables;
    },
  };
}
