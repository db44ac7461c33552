// Lesson 1: matrix factorization of a tiny table, one snapshot after every gradient step, with the tables and the
// gradient of example 1; test/docs/steppers.test.ts holds the two together.
import {
  factors,
  films,
  lossAndGradients,
  people,
  startingTables,
  watched,
} from '../../../../examples/watching.ts';
import { sgdStep, sigmoid, toRows } from '../../../../lib/index.ts';
import { plural } from './words.ts';

export { films, people };
export const inputs = {};

/** `?` before the cells that the model is never shown. */
export const marks = toRows(watched).map((row) => row.map((label) => (Number.isNaN(label) ? '?' : '')));

export interface FactorsStep {
  readonly loss: number;
  /** σ(P Qᵀ) [people, films]. */
  readonly probabilities: readonly (readonly number[])[];
  /** P [people, factors], Q [films, factors + 1]. */
  readonly personTable: readonly (readonly number[])[];
  readonly filmTable: readonly (readonly number[])[];
}

/** What the model says after so many steps. */
export function factorsCaption({ loss, probabilities }: FactorsStep, count: number): string {
  const [comet, waltz] = [probabilities[0]![2]!, probabilities[3]![4]!];
  return (
    `After ${plural(count, 'step')} the loss is ${loss.toFixed(2)}. The model, which never saw the cells with ?, ` +
    `gives Ann a probability of ${comet.toFixed(2)} for Comet, and Dan one of ${waltz.toFixed(2)} for Waltz.`
  );
}

/** Steps 0 to `count` of gradient descent. */
export function factorsSteps(count = 60): FactorsStep[] {
  const { personTable, filmTable } = startingTables();
  return Array.from({ length: count + 1 }, () => {
    const { scores, loss, ofPeople, ofFilms } = lossAndGradients(personTable, filmTable);
    const snapshot = {
      loss,
      probabilities: toRows(scores).map((row) => row.map(sigmoid)),
      personTable: toRows(personTable).map((row) => row.slice(0, factors)),
      filmTable: toRows(filmTable),
    };
    sgdStep(personTable.data, ofPeople.data, { learningRate: 0.1 });
    sgdStep(filmTable.data, ofFilms.data, { learningRate: 0.1 });
    return snapshot;
  });
}
