// Submissions that resemble each other are found through other names, comments and orders of functions; the report says which
// known mistake a failing task resembles.
import test from 'tape';
import { similarPairs } from '../../course/kit/compare.ts';
import type { CheckGrade, TaskGrade } from '../../course/kit/grading.ts';
import { reportPage, resembling } from '../../course/kit/report.ts';

const stub = 'export function sum(values: number[]): number {\n  throw new Error("write sum");\n}\n';
const ann = `export function sum(values: number[]): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) {
    if (values[at]! > 3 && values[at]! !== 7) total += values[at]! * 2;
    else total -= 1;
  }
  return Math.max(total, 0);
}`;
const renamed = ann
  .replaceAll('total', 'result')
  .replaceAll('at', 'i')
  .replace('let result', '// my own\n  let result');
const other = `export const sum = (list: number[]) => {
  const chosen = list.filter((x) => x > 3).filter((x) => x !== 7).map((x) => 2 * x);
  const added = chosen.reduce((a, b) => a + b, 0) - (list.length - chosen.length);
  return added < 0 ? 0 : added;
};`;

test('another name for everything hides nothing, another way of writing is another file', (t) => {
  const files = { ann, ben: renamed, cleo: other };
  const written = Object.entries(files).map(([student, text]) => ({ student, text }));
  const [first, ...rest] = similarPairs(written, stub);
  t.deepEqual([first!.a, first!.b, first!.share], ['ann', 'ben', 1]);
  t.ok(
    rest.every(({ share }) => share < 0.3),
    `others share ${rest.map(({ share }) => share.toFixed(2))}`,
  );
  t.deepEqual(
    similarPairs(
      [
        { student: 'a', text: stub },
        { student: 'b', text: stub },
      ],
      stub,
    ),
    [],
    "stubs are nobody's work",
  );
  t.end();
});

test('a report names the mistake with the same failing checks, and shows no text as markup', (t) => {
  const check = (name: string, status: 'passed' | 'failed') => ({
    name,
    status,
    title: `<b>${name}</b>`,
    says: '<script>',
    isHidden: false,
  });
  const task = {
    task: '01-one',
    points: 10,
    score: 5,
    status: 'graded',
    problem: '',
    checks: [check('a', 'failed'), check('b', 'failed'), check('c', 'passed')] as unknown as CheckGrade[],
  } as unknown as TaskGrade;
  const known = new Map([
    ['sign', new Set(['a', 'b'])],
    ['mean', new Set(['c'])],
  ]);
  t.deepEqual(resembling(task, known), ['sign']);
  t.deepEqual(resembling(task, new Map([['mean', new Set(['c'])]])), [], 'nothing alike is nothing to say');
  const grade = {
    student: '<i>ann</i>',
    term: 't',
    seed: 1,
    score: 5,
    points: 10,
    isGradable: true,
    problems: [],
    seconds: 1,
    tasks: [task],
  };
  const page = reportPage([grade], new Map([['01-one', known]]));
  t.match(page, /It fails as <i>sign<\/i> does/);
  t.notOk(/<script>|<i>ann|<b>a</.test(page), 'text of students is escaped');
  t.end();
});
