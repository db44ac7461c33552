// 1. Recommending with factors. Four people, six films, and who watched what; two films are kept from the model.
// Every person and every film gets two numbers (its factors), every film one more (its bias). A score is a product of
// the two. Nothing but "watched or not" goes in; what kind of film it is, the factors find out.
//
// Run: npx tsx examples/01-factorization.ts
// Installed: import { matmul, … } from 'fedtlrec'
import {
  binaryCrossEntropy,
  fromRows,
  type Matrix,
  matmul,
  randomStream,
  sgdStep,
  sigmoid,
  transpose,
  zeros,
} from '../lib/index.ts';
import { fixed, printTable, say } from './print.ts';

const people = ['Ann', 'Ben', 'Cleo', 'Dan'];
const films = ['Moon', 'Mars', 'Comet', 'Rose', 'Waltz', 'Letter'];
const hidden = Number.NaN; // not shown to the model
const watched = fromRows([
  [1, 1, hidden, 0, 0, 0],
  [1, 1, 1, 0, 0, 0],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, hidden, 1],
]); // Y [people, films]

const factors = 2;
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

// #region gradient
/** Scores S = P Qᵀ, the loss over all cells that are shown, and its gradients, derived by hand. */
function lossAndGradients(p: Matrix, q: Matrix) {
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
  return { loss, ofPeople, ofFilms };
}
// #endregion gradient

say('Is the gradient right? Move one number a little, see how the loss moves.');
const { ofFilms } = lossAndGradients(personTable, filmTable);
const epsilon = 1e-5;
const before = filmTable.get(2, 0);
filmTable.set(2, 0, before + epsilon);
const above = lossAndGradients(personTable, filmTable).loss;
filmTable.set(2, 0, before - epsilon);
const below = lossAndGradients(personTable, filmTable).loss;
filmTable.set(2, 0, before);
printTable(
  ['slope of the loss by factor 1 of Comet', 'value'],
  [
    ['by hand', fixed(ofFilms.get(2, 0), 6)],
    ['by difference', fixed((above - below) / (2 * epsilon), 6)],
  ],
);

say('Walk down the slope, 60 steps:');
const curve: [number, string][] = [];
for (let step = 0; step <= 60; step++) {
  const { loss, ofPeople, ofFilms: slope } = lossAndGradients(personTable, filmTable);
  if ([0, 5, 10, 20, 40, 60].includes(step)) curve.push([step, fixed(loss, 2)]);
  sgdStep(personTable.data, ofPeople.data, { learningRate: 0.1 });
  sgdStep(filmTable.data, slope.data, { learningRate: 0.1 });
}
printTable(['step', 'loss'], curve);

say('What the model believes now: the probability of watching; ? marks a cell it was never shown.');
const scores = matmul(personTable, transpose(filmTable)); // [people, films]
printTable(
  ['', ...films],
  people.map((name, person) => [
    name,
    ...films.map((_, film) => {
      const mark = Number.isNaN(watched.get(person, film)) ? '?' : '';
      return mark + fixed(sigmoid(scores.get(person, film)), 2);
    }),
  ]),
);
say(
  'Ann should see Comet, and Dan Waltz: people like them did. Nobody told the model what the films are about.',
);
