// The data of a run: a ratings file or the embedded synthetic set, split by leave-one-out, with the facts that tables
// and JSON repeat.

import { type Columns, columnsText } from '../data/columns.ts';
import { describeRatings, everyRatingCounts, type RatingsDescription } from '../data/describe.ts';
import type { Ratings } from '../data/ratings.ts';
import { leaveOneOut, type Split } from '../data/split.ts';
import { syntheticRatings } from '../data/synthetic.ts';
import {
  byPopularity,
  type CandidateCounts,
  candidateCounts,
  guessing,
  popularLists,
} from '../evaluation/baselines.ts';
import { chooseMetrics } from '../evaluation/metric-choice.ts';
import { type Metrics, metricsOnly } from '../evaluation/metrics.ts';
import { type Part, summarize } from '../evaluation/protocol.ts';
import { defaultSettings } from '../federated/settings.ts';
import { readRatingsFile } from '../node/ratings-file.ts';
import { figuresOfLists } from '../training/measure-lists.ts';
import { placeOfData } from './data-place.ts';
import { counted, grouped } from './figures.ts';
import { watchReading } from './progress.ts';
import { expectNoReading, type ReadingOptions } from './reading-options.ts';
import { UsageError } from './usage-error.ts';

/** What every summary says about its data. */
export interface DatasetFacts {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Users that have a held-out item; those with fewer than three ratings only train. */
  readonly evaluatedUsers: number;
  /** How many items a user's test item is ranked among. */
  readonly candidates: CandidateCounts;
  /** Whether the latest items are held out, or random ones because the data have no times. */
  readonly split: 'latest' | 'random';
  /** Which column of the file is what; null if the data came from no file. */
  readonly columns: Columns | null;
  /** The smallest rating that counts; null if every rating does. */
  readonly minRating: number | null;
}

export interface Dataset {
  readonly ratings: Ratings;
  readonly split: Split;
  readonly facts: DatasetFacts;
  readonly baselines: Readonly<Record<Part, Baselines>>;
  readonly description: RatingsDescription;
  /** The true groups of users and items, where they are known. */
  readonly truth: Truth | undefined;
}

/** The figures that any model must be measured against. */
export interface Baselines {
  /** The exact expectation of a random ranking. */
  readonly guessing: Metrics;
  /** The most popular items for everybody. */
  readonly popularity: Metrics;
}

/** The groups behind invented ratings, [users] and [items]. */
export interface Truth {
  readonly users: Uint8Array;
  readonly items: Uint8Array;
}

/**
 * Reads `--data` and splits it. The split does not depend on the run's seed, so that runs can be compared user by user.
 *
 * @param chosen the setting `metrics`
 * @throws ParseError if the file cannot be read as ratings
 * @throws UsageError if nobody has the three ratings that a split needs
 */
export async function loadDataset(
  data: string,
  reading: ReadingOptions & { readonly name?: string },
  chosen: string = defaultSettings.metrics,
): Promise<Dataset> {
  const { ratings, description, truth } = await loadRatings(data, reading);
  const split = splitOrExplain(data, ratings);
  const facts: DatasetFacts = {
    name: ratings.name,
    users: ratings.users.length,
    items: ratings.items.length,
    interactions: ratings.itemOf.length,
    evaluatedUsers: ratings.users.length - split.skippedUsers,
    candidates: candidateCounts(split, 'test'),
    split: split.ordered ? 'latest' : 'random',
    columns: description.columns,
    minRating: description.minRating,
  };
  const [validation, test] = [baselinesOf(split, 'validation', chosen), baselinesOf(split, 'test', chosen)];
  return { ratings, split, facts, baselines: { validation, test }, description, truth };
}

/** What guessing and popularity get on a part of a split; lists at random are not measured. */
export function baselinesOf(split: Split, part: Part, chosen: string = defaultSettings.metrics): Baselines {
  const { further, lists } = chooseMetrics(chosen);
  const shown = lists.length > 0 ? figuresOfLists(popularLists(split, part), lists) : {};
  return {
    guessing: metricsOnly(summarize(guessing(split, part, further))),
    popularity: metricsOnly({ ...summarize(byPopularity(split, part, further)), ...shown }),
  };
}

/** Reads ratings and describes them. */
export async function loadRatings(
  data: string,
  reading: ReadingOptions,
): Promise<Pick<Dataset, 'ratings' | 'description' | 'truth'>> {
  if (data === 'synthetic') {
    expectNoReading(reading, 'the embedded data come from none: name the file, too');
    const { ratings, groupOf, itemGroupOf } = syntheticRatings();
    return { ratings, description: describeRatings(ratings), truth: { users: groupOf, items: itemGroupOf } };
  }
  const { path, source } = placeOfData(data);
  const known = source ? { name: source.name, member: source.member } : {};
  const progress = watchReading(path);
  try {
    const { ratings, report } = await readRatingsFile(path, {
      ...{ ...known, ...reading },
      onProgress: progress.show,
    });
    return { ratings, description: describeRatings(ratings, report), truth: undefined };
  } finally {
    progress.stop();
  }
}

/** The data as labelled facts: how many, which column is what, and what counts as a like. */
export function dataFacts(dataset: Dataset): [label: string, text: string][] {
  const { columns, values, minRating } = dataset.description;
  const facts: [string, string][] = [['Data', datasetLine(dataset)]];
  if (columns) facts.push(['Columns', columnsText(columns)]);
  const differ = columns?.rating && values.smallest < values.largest;
  if (differ && minRating === null) facts.push(['', everyRatingCounts]);
  return facts;
}

/** The data in one line of text, with what was dropped or left out. */
export function datasetLine({ facts, description }: Dataset): string {
  const { users, items, interactions } = facts;
  const parts = [
    `${facts.name}: ${grouped(users)} users, ${grouped(items)} items, ${grouped(interactions)} ratings`,
  ];
  const { duplicates, lowRatings } = description.dropped;
  if (duplicates > 0) parts.push(`${counted(duplicates, 'earlier duplicate')} dropped`);
  if (lowRatings > 0) parts.push(`${counted(lowRatings, 'rating')} below ${facts.minRating} left out`);
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
