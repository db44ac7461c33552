// Sentences that follow from numbers say what the number says, from one end of its range to the other.
import test from 'tape';
import {
  attackInWords,
  differenceInWords,
  likenessInWords,
  plural,
} from '../../docs/.vitepress/theme/steppers/words.ts';

test('one of a thing is no plural', (t) => {
  t.equal(plural(1, 'step'), '1 step');
  t.equal(plural(0, 'step'), '0 steps');
  t.equal(plural(2, 'match', 'matches'), '2 matches');
  t.end();
});

test('a cosine of 1 is praised, one of 0 is not, and a larger one is never called less alike', (t) => {
  t.match(likenessInWords(1), /almost exactly/);
  for (const cosine of [0, 0.12]) t.match(likenessInWords(cosine), /nowhere near/, String(cosine));
  t.match(likenessInWords(0.2), /hardly/);
  t.match(likenessInWords(-1), /away/);
  const grades = Array.from({ length: 201 }, (_, step) => likenessInWords(step / 100 - 1));
  t.equal(
    new Set(grades).size,
    grades.filter((grade, place) => grade !== grades[place - 1]).length,
    'in order',
  );
  t.end();
});

test('an attack at .5 guesses, one at 1 knows', (t) => {
  t.match(attackInWords(1), /knows/);
  t.match(attackInWords(0.5), /guess/);
  t.match(attackInWords(0.7), /more often than not/);
  t.match(attackInWords(0.2), /better by guessing/);
  t.end();
});

test('a difference within two standard errors is luck, whatever its sign', (t) => {
  for (const sign of [1, -1]) t.match(differenceInWords(sign * 0.002, 0.003), /luck/);
  t.match(differenceInWords(0.01, 0.003), /ahead/);
  t.match(differenceInWords(-0.01, 0.003), /behind/);
  t.match(differenceInWords(0, 0), /luck/);
  t.equal(differenceInWords(Number.NaN, 0.1), 'not measured');
  t.end();
});
