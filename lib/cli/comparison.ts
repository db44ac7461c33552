// Several recipes on the same data with the same seeds, put side by side.
// In: measured runs; out: one object, which is the JSON document of `compare` and the source of its table.
import { type Metrics, mapFigures } from '../evaluation/metrics.ts';
import { pairedDifference } from '../evaluation/paired-difference.ts';
import { meanAndStandardError, meansAndErrors, type PerUser } from '../evaluation/protocol.ts';
import type { Protocol } from '../federated/settings.ts';
import { type CurvePoint, curveOf } from './curve-plot.ts';
import type { DatasetFacts } from './dataset.ts';
import type { MeasuredRun, RunSummary } from './measured-run.ts';
import { dataWarnings } from './warnings.ts';

/** What `compare --json` prints. */
export interface Comparison {
  readonly event: 'comparison';
  readonly dataset: DatasetFacts;
  readonly protocol: Protocol;
  readonly seeds: readonly number[];
  /** What the standard errors of `test` are over. */
  readonly standardErrorsOver: 'users' | 'seeds';
  /** The recipe that differences are taken to. */
  readonly reference: string;
  readonly recipes: readonly RecipeFigures[];
  /** What guessing and popularity get on the test. */
  readonly guessing: Metrics;
  readonly popularity: Metrics;
  /** What makes these figures say less than they seem to. */
  readonly warnings: readonly string[];
  readonly peakRssMb: number;
  readonly backend: string;
  readonly workers: number;
}

/** One recipe, over all seeds. */
export interface RecipeFigures {
  readonly recipe: string;
  readonly rounds: number;
  readonly test: Metrics;
  readonly testStandardErrors: Metrics;
  readonly validation: Metrics;
  readonly bytesUpPerClientRound: number;
  readonly bytesDownPerClientRound: number;
  /** Bytes of the nearness table, which a client receives once. */
  readonly bytesOncePerClient: number;
  readonly secondsPerRound: number;
  readonly secondsTotal: number;
  /** This recipe minus the reference, user by user (each the mean of its seeds); null for the reference itself. */
  readonly difference: { readonly mean: Metrics; readonly standardErrors: Metrics } | null;
  /** The curve of the first seed. */
  readonly curve: readonly CurvePoint[];
  /** Each seed's summary, as `train` prints it. */
  readonly runs: readonly RunSummary[];
}

/** Sums up the runs of each recipe, one per seed, and takes the paired differences to the reference. */
export function compareRuns(
  runsOf: ReadonlyMap<string, readonly MeasuredRun[]>,
  reference: string,
): Comparison {
  const referenceRuns = runsOf.get(reference)!;
  const { dataset, protocol, backend, workers, guessing, popularity } = referenceRuns[0]!.summary;
  const seeds = referenceRuns.map(({ summary }) => summary.seed);
  const baseline = meanOverSeeds(referenceRuns);
  const everyRun = [...runsOf.values()].flat();
  return {
    event: 'comparison',
    dataset,
    protocol,
    seeds,
    standardErrorsOver: seeds.length > 1 ? 'seeds' : 'users',
    reference,
    recipes: [...runsOf].map(([recipe, runs]) => ({
      ...figuresOf(recipe, runs),
      difference: recipe === reference ? null : pairedDifference(meanOverSeeds(runs), baseline),
    })),
    ...{ guessing, popularity, warnings: warningsOf(runsOf, dataWarnings(dataset, guessing)) },
    peakRssMb: Math.max(...everyRun.map(({ summary }) => summary.peakRssMb)),
    backend,
    workers,
  };
}

/** The warnings about the data once, those about a recipe's rounds with its name. */
function warningsOf(
  runsOf: ReadonlyMap<string, readonly MeasuredRun[]>,
  aboutData: readonly string[],
): string[] {
  const aboutRuns = [...runsOf].flatMap(([recipe, runs]) =>
    runs.flatMap(({ summary }) =>
      summary.warnings.filter((text) => !aboutData.includes(text)).map((text) => `${recipe}: ${text}`),
    ),
  );
  return [...aboutData, ...new Set(aboutRuns)];
}

function figuresOf(recipe: string, runs: readonly MeasuredRun[]): Omit<RecipeFigures, 'difference'> {
  const summaries = runs.map(({ summary }) => summary);
  const meanOf = (read: (summary: RunSummary) => number) => meanAndStandardError(summaries.map(read))[0];
  const [test, errorsOverSeeds] = overSeeds(summaries.map((summary) => summary.test));
  return {
    recipe,
    rounds: summaries[0]!.rounds,
    test,
    testStandardErrors: runs.length > 1 ? errorsOverSeeds : summaries[0]!.testStandardErrors,
    validation: overSeeds(summaries.map((summary) => summary.validation))[0],
    bytesUpPerClientRound: meanOf((summary) => summary.bytesUpPerClientRound),
    bytesDownPerClientRound: meanOf((summary) => summary.bytesDownPerClientRound),
    bytesOncePerClient: meanOf((summary) => summary.bytesOncePerClient),
    secondsPerRound: meanOf((summary) => summary.secondsPerRound),
    secondsTotal: meanOf((summary) => summary.secondsTotal),
    curve: curveOf(runs[0]!.rows),
    runs: summaries,
  };
}

/** Mean and standard error of each figure over the seeds. */
function overSeeds(perSeed: readonly Metrics[]): [means: Metrics, standardErrors: Metrics] {
  return meansAndErrors(mapFigures(perSeed[0]!, (_, name) => perSeed.map((figures) => figures[name])));
}

/** Each user's figures, averaged over the seeds; NaN where the user has no held-out item. */
function meanOverSeeds(runs: readonly MeasuredRun[]): PerUser {
  return mapFigures(runs[0]!.testPerUser, (first, name) => {
    const sums = first.map((_, user) =>
      runs.reduce((sum, { testPerUser }) => sum + testPerUser[name][user]!, 0),
    );
    return sums.map((sum) => sum / runs.length);
  });
}
