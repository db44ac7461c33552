// Reads the reference vectors (made with torch, numpy and scikit-learn) that stand beside the repository in
// ../shared/reference, and compares results with them. Tests that need them skip, saying so, where they are absent.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tape';
import { type Matrix, matrix, rowMajorData } from '../lib/numeric/matrix.ts';

export interface ReferenceArray {
  shape: number[];
  data: number[];
  dtype?: string;
}

export interface Reference {
  about: string;
  dtype: string;
  // biome-ignore lint/suspicious/noExplicitAny: each file has its own configuration
  config: any;
  inputs: Record<string, ReferenceArray>;
  outputs: Record<string, ReferenceArray>;
}

const shared = fileURLToPath(new URL('../../shared/', import.meta.url));

/** Options for `test(name, options, …)`: skips with the reason where a file beside the repository is missing. */
export function needs(...paths: string[]): { skip: string | false } {
  const missing = paths.find((path) => !existsSync(shared + path));
  return { skip: missing === undefined ? false : `../shared/${missing} is not here` };
}

/** The path of a file beside the repository, e.g. `sharedFile('data/ml-100k/u.data.gz')`. */
export function sharedFile(path: string): string {
  return shared + path;
}

export function readReference(name: string): Reference {
  return JSON.parse(readFileSync(`${shared}reference/${name}.json`, 'utf8')) as Reference;
}

/** Our names of an encoder block's parameters, and those of the reference files. */
export const encoderBlockNames: Readonly<Record<string, string>> = {
  'attention.query.weight': 'Wq',
  'attention.query.bias': 'bq',
  'attention.key.weight': 'Wk',
  'attention.key.bias': 'bk',
  'attention.value.weight': 'Wv',
  'attention.value.bias': 'bv',
  'attention.output.weight': 'Wo',
  'attention.output.bias': 'bo',
  'norm1.gain': 'gamma1',
  'norm1.shift': 'beta1',
  'expand.weight': 'W1',
  'expand.bias': 'b1',
  'contract.weight': 'W2',
  'contract.bias': 'b2',
  'norm2.gain': 'gamma2',
  'norm2.shift': 'beta2',
};

/** A reference array [rows, columns] as a float64 matrix; a vector becomes one row. */
export function asMatrix(array: ReferenceArray | undefined): Matrix {
  if (!array) throw new Error('the reference file has no such array');
  const columns = array.shape.at(-1) ?? 1;
  return matrix(Float64Array.from(array.data), array.data.length / columns, columns);
}

/** Asserts max|got − want| ≤ tolerance · max|want|, and < 1e-12 where the wanted array is zero by mathematics. */
export function closeTo(
  t: Test,
  got: Matrix | ArrayLike<number>,
  want: ReferenceArray | ArrayLike<number>,
  message: string,
  tolerance = 1e-10,
): void {
  const gotData = 'stride' in got ? rowMajorData(got) : got;
  const wantData = 'data' in want ? want.data : want;
  if (gotData.length !== wantData.length) {
    t.fail(`${message}: ${wantData.length} elements expected, got ${gotData.length}`);
    return;
  }
  let largest = 0;
  let worst = 0;
  for (let index = 0; index < wantData.length; index++) {
    const difference = Math.abs(gotData[index]! - wantData[index]!);
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    largest = Math.max(largest, Math.abs(wantData[index]!));
  }
  const allowed = largest < 1e-12 ? 1e-12 : tolerance * largest;
  t.ok(
    worst <= allowed,
    `${message}: worst difference ${worst.toExponential(1)}, allowed ${allowed.toExponential(1)}`,
  );
}
