// What example 1 and the stepper of lesson 1 compute with: who watched what, a vector for each person and each film, and
// how to move them. Four people, six films; two cells are kept from the model.
import {
  binaryCrossEntropy,
  fromRows,
  type Matrix,
  matmul,
  randomStream,
  sigmoid,
  transpose,
  zeros,
} from '../lib/index.ts';

export const people = ['Ann', 'Ben', 'Cleo', 'Dan'];
export const films = ['Moon', 'Mars', 'Comet', 'Rose', 'Waltz', 'Letter'];
const hidden = Number.NaN; // not shown to the model
export const watched = fromRows([
  [1, 1, hidden, 0, 0, 0],
  [1, 1, 1, 0, 0, 0],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, hidden, 1],
]); // Y [people, films]
export const factors = 2;

/** Two tables of small random numbers. */
export function startingTables(): { personTable: Matrix; filmTable: Matrix } {
  const rng = randomStream(1, 'example');
  const personTable = zeros(people.length, factors + 1); // rows [p, 1]: the 1 meets the film's bias
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

// #region gradient
/** Scores S = P Qᵀ, the loss over all cells that are shown, and its gradients, derived by hand. */
export function lossAndGradients(p: Matrix, q: Matrix) {
  const scores = matmul(p, transpose(q)); // [people, films]
  const errors = zeros(people.length, films.length); // ∂loss / ∂S = σ(S) − Y, 0 where hidden
  let loss = 0;
  for (let person = 0; person < people.length; person++) {
    for (let film = 0; film < films.length; film++) {
      const label = watched.get(person, film);
      if (Number.isNaN(label)) continue;
      const score = scores.get(person, film);
      errors.set(person, film, sigmoid(score) - label);
      loss += binaryCrossEntropy(score, label);
    }
  }
  const ofPeople = matmul(errors, q); // ∂loss / ∂P = E Q   [people, factors + 1]
  const ofFilms = matmul(transpose(errors), p); // ∂loss / ∂Q = Eᵀ P   [films, factors + 1]
  for (let person = 0; person < people.length; person++) ofPeople.set(person, factors, 0); // the 1 stays 1
  return { scores, loss, ofPeople, ofFilms };
}
// #endregion gradient
