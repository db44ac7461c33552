// Ratings that benchmarks read, from a folder beside the repository or the one that FEDTLREC_DATA names. None of them is
// part of the repository; a benchmark whose file is absent says so and is skipped.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';

const folder = process.env.FEDTLREC_DATA ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));

export const movieLens100k = 'ml-100k/u.data.gz';
export const movieLens1m = 'ml-1m/ratings-rank.dat.gz';

/** The path of a file below the data folder. */
export function dataFile(path: string): string {
  return join(folder, path);
}

export function isHere(path: string): boolean {
  return existsSync(dataFile(path));
}

/** Why a benchmark is skipped. */
export function absenceOf(path: string): string {
  return `Not measured: ${path} is not here (FEDTLREC_DATA names the folder with the data).`;
}

/** Reads ratings and splits them by leave-one-out. */
export async function readSplit(path: string): Promise<Split> {
  const { ratings } = await readRatingsFile(dataFile(path));
  return leaveOneOut(ratings);
}
