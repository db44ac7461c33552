// The course kit: what a stub keeps and loses, and that a task's checks see what they should. The whole proof, of every
// task, is `npm run course -- prove`.
import test from 'tape';
import { loadTask, loadTasks } from '../../course/kit/load.ts';
import { prove } from '../../course/kit/prove.ts';
import { parseSource } from '../../course/kit/source.ts';
import { functionsOf, studentFile } from '../../course/kit/stub.ts';
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

test('every stub of every task says what its function takes and returns', async (t) => {
  for (const { task } of await loadTasks()) {
    const { functions } = parseSource('stub.ts', studentFile(task, { bodies: 'cut' }));
    const untyped = [...functions.values()].filter(({ isTyped }) => !isTyped);
    t.deepEqual(untyped, [], task.id);
    t.equal(functions.size, functionsOf(task).length, `${task.id}: each function once`);
  }
});
