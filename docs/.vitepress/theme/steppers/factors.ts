// Lesson 1: matrix factorization of a tiny table, one snapshot after every step down the slope. The same numbers as
// examples/01-factorization.ts prints; test/docs/steppers.test.ts holds the two together.
import {
  binaryCrossEntropy,
  fromRows,
  type Matrix,
  matmul,
  randomStream,
  sgdStep,
  sigmoid,
  toRows,
  transpose,
  zeros,
} from '../../../../lib/index.ts';

export const people = ['Ann', 'Ben', 'Cleo', 'Dan'];
export const films = ['Moon', 'Mars', 'Comet', 'Rose', 'Waltz', 'Letter'];
const hidden = Number.NaN;
const watched = fromRows([
  [1, 1, hidden, 0, 0, 0],
  [1, 1, 1, 0, 0, 0],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, hidden, 1],
]); // Y [people, films]
const factors = 2;

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

/** Steps 0 to `count` of gradient descent. */
export function factorsSteps(count = 60): FactorsStep[] {
  const { personTable, filmTable } = start();
  return Array.from({ length: count + 1 }, () => {
    const scores = matmul(personTable, transpose(filmTable)); // S = P Qᵀ
    const { loss, ofPeople, ofFilms } = lossAndGradients(scores, personTable, filmTable);
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

function start(): { personTable: Matrix; filmTable: Matrix } {
  const rng = randomStream(1, 'example');
  const personTable = zeros(people.length, factors + 1); // rows [p, 1]
  const filmTable = zeros(films.length, factors + 1); // rows q, the last entry is the bias
  for (let person = 0; person < people.length; person++) {
    for (let k = 0; k < factors; k++) personTable.set(person, k, 0.1 * rng.normal());
    personTable.set(person, factors, 1);
  }
  for (let film = 0; film < films.length; film++) {
    for (let k = 0; k < factors; k++) filmTable.set(film, k, 0.1 * rng.normal());
  }
  return { personTable, filmTable };
}

function lossAndGradients(scores: Matrix, p: Matrix, q: Matrix) {
  const errors = zeros(people.length, films.length); // σ(S) − Y, 0 where hidden
  let loss = 0;
  for (let person = 0; person < people.length; person++) {
    for (let film = 0; film < films.length; film++) {
      const label = watched.get(person, film);
      if (Number.isNaN(label)) continue;
      errors.set(person, film, sigmoid(scores.get(person, film)) - label);
      loss += binaryCrossEntropy(scores.get(person, film), label);
    }
  }
  const ofPeople = matmul(errors, q);
  const ofFilms = matmul(transpose(errors), p);
  for (let person = 0; person < people.length; person++) ofPeople.set(person, factors, 0); // the 1 stays 1
  return { loss, ofPeople, ofFilms };
}
