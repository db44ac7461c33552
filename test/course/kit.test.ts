// The course kit: what a stub keeps and loses, and that a task's checks see what they should. The whole proof, of every
// task, is `npm run course -- prove`.
import test from 'tape';
import { loadTask } from '../../course/kit/load.ts';
import { prove } from '../../course/kit/prove.ts';
import { studentFile } from '../../course/kit/stub.ts';
import { Workplace } from '../../course/kit/workplace.ts';

test('the checks of a task see every declared wrong solution, and pass the reference under each dial', async (t) => {
  const workplace = await Workplace.open();
  try {
    const proof = await prove(await loadTask('01-gradients'), workplace, 2);
    t.deepEqual(proof.problems, []);
    t.equal(proof.caught, proof.wrong);
    t.ok(proof.wrong >= 5 && proof.dials === 2);
  } finally {
    workplace.close();
  }
});

test('a stub keeps comments and types, throws the name of the task, and tells what the dial changes', async (t) => {
  const { task } = await loadTask('01-gradients');
  const stub = studentFile(task, { bodies: 'cut', dials: { labels: 'plus-minus' }, term: '2027s' });
  t.match(stub, /term 2027s, task 1/);
  t.match(
    stub,
    /The probability that a score stands for[\s\S]*export function sigmoid\(score: number\): number \{/,
  );
  t.match(stub, /throw new Error\('task 1: write sigmoid'\)/);
  t.match(stub, /\* This term: the label y is 1[^\n]*\n \*\/\nexport function binaryCrossEntropyGradient/);
  t.notOk(stub.includes('Math.exp(-Math.abs('), 'the body is gone');
});
