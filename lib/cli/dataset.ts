// The data of a run: a ratings file or the embedded synthetic set, split by leave-one-out, with the facts that tables
// and JSON repeat.

import { describeRatings, type RatingsDescription } from '../data/describe.ts';
import type { RatingsFormat } from '../data/formats.ts';
import type { Ratings } from '../data/ratings.ts';
import { leaveOneOut, type Split } from '../data/split.ts';
import { syntheticRatings } from '../data/synthetic.ts';
import { readRatingsFile } from '../node/ratings-file.ts';
import { counted, grouped } from './figures.ts';
import { UsageError } from './usage-error.ts';

/** What every summary says about its data. */
export interface DatasetFacts {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Users that have a held-out item; those with fewer than three ratings only train. */
  readonly evaluatedUsers: number;
  /** Whether the latest items are held out, or random ones because the data have no times. */
  readonly split: 'latest' | 'random';
}

export interface Dataset {
  readonly ratings: Ratings;
  readonly split: Split;
  readonly facts: DatasetFacts;
  readonly description: RatingsDescription;
  /** The true groups of users and items, where they are known. */
  readonly truth: Truth | undefined;
}

/** The groups behind invented ratings, [users] and [items]. */
export interface Truth {
  readonly users: Uint8Array;
  readonly items: Uint8Array;
}

/**
 * Reads `--data` and splits it. The split does not depend on the run's seed, so that runs can be compared user by user.
 *
 * @throws ParseError if the file cannot be read as ratings
 * @throws UsageError if nobody has the three ratings that a split needs
 */
export async function loadDataset(data: string, format: string): Promise<Dataset> {
  const { ratings, description, truth } = await loadRatings(data, format);
  const split = splitOrExplain(data, ratings);
  const facts: DatasetFacts = {
    name: ratings.name,
    users: ratings.users.length,
    items: ratings.items.length,
    interactions: ratings.itemOf.length,
    evaluatedUsers: ratings.users.length - split.skippedUsers,
    split: split.ordered ? 'latest' : 'random',
  };
  return { ratings, split, facts, description, truth };
}

/** Reads ratings and describes them. */
export async function loadRatings(
  data: string,
  format: string,
): Promise<Pick<Dataset, 'ratings' | 'description' | 'truth'>> {
  if (data === 'synthetic') {
    const { ratings, groupOf, itemGroupOf } = syntheticRatings();
    return { ratings, description: describeRatings(ratings), truth: { users: groupOf, items: itemGroupOf } };
  }
  const { ratings, report } = await readRatingsFile(data, { format: format as RatingsFormat | 'auto' });
  return { ratings, description: describeRatings(ratings, report), truth: undefined };
}

/** The data in one line of text, with what was dropped or left out. */
export function datasetLine({ facts, description }: Dataset): string {
  const { users, items, interactions } = facts;
  const parts = [
    `${facts.name}: ${grouped(users)} users, ${grouped(items)} items, ${grouped(interactions)} ratings`,
  ];
  const { duplicates } = description.dropped;
  if (duplicates > 0) parts.push(`${counted(duplicates, 'earlier duplicate')} dropped`);
  const left = users - facts.evaluatedUsers;
  if (left > 0) parts.push(`${counted(left, 'user')} with fewer than 3 ratings only for training`);
  return parts.join('; ');
}

function splitOrExplain(data: string, ratings: Ratings): Split {
  try {
    return leaveOneOut(ratings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${data}: ${error.message.replace(/^leaveOneOut: /, '')}`);
  }
}
