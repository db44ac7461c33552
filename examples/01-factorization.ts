// 1. Recommending with factors. Four people, six films, and who watched what; two films are kept from the model.
// Every person and every film gets two numbers (its factors), every film one more (its bias). A score is a product of
// the two. Nothing but "watched or not" goes in; what kind of film it is, the factors find out. The table, the scores and
// the gradient are in watching.ts; read that first.
//
// Run: npx tsx examples/01-factorization.ts
// Installed: import { matmul, … } from 'fedtlrec'
import { matmul, sgdStep, sigmoid, transpose } from '../lib/index.ts';
import { fixed, printTable, say } from './print.ts';
import { films, lossAndGradients, people, startingTables, watched } from './watching.ts';

const { personTable, filmTable } = startingTables(); // P [people, factors + 1], Q [films, factors + 1]

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
  ['derivative of the loss with respect to factor 1 of Comet', 'value'],
  [
    ['by hand', fixed(ofFilms.get(2, 0), 6)],
    ['by difference', fixed((above - below) / (2 * epsilon), 6)],
  ],
);

say('Gradient descent, 60 steps:');
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
