// Grading holds against what is handed in: nothing that is wrong, broken or forged passes, each gets one sentence, and the
// rest goes on; the same work written differently gets all points.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import test from 'tape';
import { courseOf } from '../../course/kit/course.ts';
import { type Course, type Grade, gradeSubmission } from '../../course/kit/grading.ts';
import { loadTask } from '../../course/kit/load.ts';
import { studentFile } from '../../course/kit/stub.ts';
import { dialsOfTerm } from '../../course/kit/variants.ts';
import { Workplace } from '../../course/kit/workplace.ts';

const NAME = '01-gradients.ts';
const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-bank-'));
const workplace = await Workplace.open();
const { task, ...rest } = await loadTask('01-gradients');
const course: Course = await courseOf(
  [{ task, ...rest }],
  { term: 't', seed: 7, isPerStudent: false },
  workplace,
);
const dials = dialsOfTerm(task, 7, 't');
const reference = studentFile(task, { bodies: 'kept', dials, term: 't' });

let count = 0;
async function graded(files: Record<string, string | Uint8Array>): Promise<Grade> {
  const place = join(folder, String(count++));
  mkdirSync(place);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
  return gradeSubmission(course, place, 'ann', workplace.children, { check: 300, all: 20_000 });
}

/** All that a student is told. */
function told({ problems, tasks }: Grade): string {
  const [one] = tasks;
  return [...problems, one!.problem, ...one!.checks.map(({ says }) => says)].join('\n');
}

/** The reference with another body for one function. */
function withBody(name: string, body: string): string {
  const at = reference.indexOf(`export function ${name}(`);
  const open = reference.indexOf('{\n', at);
  return `${reference.slice(0, open + 1)}${body}${reference.slice(open + 1)}`;
}

test('the reference gets all points, however its file is written down', async (t) => {
  const javascript = reference.replaceAll('\n', '\r\n');
  const marked = `\uFEFF${reference}`;
  for (const [name, text] of Object.entries({ reference, javascript, marked })) {
    const grade = await graded({ [NAME]: text });
    t.equal(grade.score, 10, `${name}: ${told(grade)}`);
  }
  const utf16 = new Uint8Array(
    new Uint16Array([0xfeff, ...[...reference].map((c) => c.charCodeAt(0))]).buffer,
  );
  t.equal((await graded({ [NAME]: utf16 })).score, 10, 'UTF-16, as some editors write it');
  const printing = withBody('sigmoid', "console.log('x'.repeat(1e4)); ");
  t.equal((await graded({ [NAME]: printing })).score, 10, 'printing costs nothing');
  const [one] = (await graded({ [NAME]: reference })).tasks;
  t.match(one!.sha256, /^[0-9a-f]{64}$/);
  t.equal(one!.socket, course.tasks[0]!.socket.hash);
  t.ok(one!.cases > 10 && one!.tolerance > 0, 'the record tells what the points rest on');
  t.end();
});

test('what cannot be run gets no points and one sentence', async (t) => {
  const cases: [string, Record<string, string | Uint8Array>, RegExp][] = [
    ['nothing', {}, /there is no file in it/],
    ['foreign names', { 'lösung 1.ts': reference }, /no file has the name of a task, found lösung 1\.ts/],
    ['empty file', { [NAME]: '\n' }, /01-gradients\.ts is empty/],
    ['binary', { [NAME]: Uint8Array.of(0, 1, 2, 0) }, /is no text file/],
    [
      'syntax error',
      { [NAME]: `${reference}\nexport function (` },
      /01-gradients\.ts, line \d+: syntax error/,
    ],
    [
      'syntax error that only running shows',
      { [NAME]: `${reference}\nlet a = 1; let a = 2;` },
      /line \d+: syntax error/,
    ],
    [
      'other term',
      { [NAME]: reference.replace('term t,', 'term 2026w,') },
      /belongs to term 2026w, this is term t/,
    ],
    [
      'no export',
      { [NAME]: reference.replaceAll('export function sigmoid', 'function sigmoid') },
      /does not export sigmoid/,
    ],
    ['a number', { [NAME]: 'export const sigmoid = 3;' }, /sigmoid must be a function, got a number/],
    ['throws while loading', { [NAME]: "throw 'no';" }, /cannot be loaded: threw no/],
    ['ends while loading', { [NAME]: 'while (true) {}' }, /stopped after 0\.3 s.*while the file was loaded/],
    ['too large', { [NAME]: `${reference}//${'x'.repeat(1_100_000)}` }, /at most 1000000 are read/],
    ['broken zip', { 'a.zip': 'PK nothing' }, /a\.zip cannot be unpacked/],
    ['empty zip', { 'a.zip': zipSync({}) }, /no file has the name of a task|there is no file/],
    [
      'zip bomb',
      { 'a.zip': zipSync({ [NAME]: new Uint8Array(30_000_000) }) },
      /would unpack to 30000000 bytes/,
    ],
  ];
  for (const [name, files, sentence] of cases) {
    const grade = await graded(files);
    t.ok(grade.isGradable && grade.score < 10, `${name}: ${grade.score} points`);
    t.match(told(grade), sentence, name);
  }
  const place = join(folder, 'link');
  mkdirSync(place);
  symlinkSync('/etc/hostname', join(place, NAME));
  t.match(told(await gradeSubmission(course, place, 'ann', workplace.children)), /is a symbolic link/);
  t.end();
});

test('what runs but is not as asked fails, and says how', async (t) => {
  const cases: [string, string, RegExp][] = [
    ['stub', studentFile(task, { bodies: 'cut', term: 't' }), /task 1: write sigmoid/],
    [
      'promise',
      reference.replace('export function sigmoid', 'export async function sigmoid'),
      /not a promise/,
    ],
    [
      'text',
      withBody('sigmoid', "return 'half' as never; "),
      /must return the number 0\.5, got the string "half"/,
    ],
    [
      'nothing',
      withBody('userGradient', 'return undefined as never; '),
      /must return a Float64Array of 2, got nothing/,
    ],
    [
      'plain array',
      withBody('userGradient', 'return [4, 5] as never; '),
      /must return a Float64Array of 2, got an array/,
    ],
    [
      'NaN',
      withBody('userGradient', 'return new Float64Array(itemTable.shape[1]! - 1).fill(NaN); '),
      /returned NaN/,
    ],
    ['changed input', withBody('userGradient', 'itemTable.set(0, 0, 7); '), /changed its argument 1/],
    [
      'arity',
      withBody('scoreGradient', '')
        .replace('sample: LabelledRows', 'sample: LabelledRows, rate: number')
        .replace('counts[row]! *', 'rate * counts[row]! *'),
      /scoreGradient is written with 3 parameters and is called with 2 here: the others are undefined/,
    ],
    [
      'a parameter too few',
      reference.replace(
        'scoreGradient(scores: ArrayLike<number>, sample: LabelledRows)',
        'scoreGradient(sample: LabelledRows)',
      ),
      /scoreGradient is written with 1 parameter and is called with 2 here: it does not read the others/,
    ],
    [
      'one that is read in another way',
      reference
        .replace(
          'scoreGradient(scores: ArrayLike<number>, sample: LabelledRows)',
          'scoreGradient(scores: ArrayLike<number>, ...[sample]: LabelledRows[])',
        )
        .replace(
          /(function scoreGradient[^{]*\{)/,
          '$1 if (scores.length > 0) return new Float64Array(scores.length);',
        ),
      /^(?![\s\S]*is written with)[\s\S]*the first difference/,
    ],
    [
      'loop',
      withBody('userGradient', 'for (;;); '),
      /stopped after 0\.3 s: a loop that does not end, in case 1: userGradient/,
    ],
    [
      'memory',
      withBody('sigmoid', 'const a: unknown[] = []; for (;;) a.push(new Float64Array(1e6).fill(1)); '),
      /too much memory|stopped|ended by itself|threw/,
    ],
    ['giant answer', withBody('userGradient', 'return new Float64Array(3e7); '), /more than 1000000 numbers/],
    [
      'forgotten import',
      withBody('rankOneUpdate', "zeroVector('float64', 1); "),
      /zeroVector is not defined; the given module has it: import it/,
    ],
    ['recursion', withBody('sigmoid', 'return sigmoid(score); '), /threw: Maximum call stack/],
  ];
  for (const [name, text, sentence] of cases) {
    const grade = await graded({ [NAME]: text });
    t.ok(grade.isGradable && grade.score < 10, `${name}: ${grade.score} points`);
    t.match(told(grade), sentence, name);
  }
  const [one] = (await graded({ [NAME]: withBody('userGradient', 'for (;;); ') })).tasks;
  t.equal(
    one!.checks.find(({ name }) => name === 'score-by-hand')!.status,
    'passed',
    'the rest goes on after a loop',
  );
  t.end();
});

test('forged results, imports and tricks with the surroundings earn nothing', async (t) => {
  const stub = studentFile(task, { bodies: 'cut', term: 't' });
  const tricks: [string, string][] = [
    ['ends the process', `process.exit(0);\n${stub}`],
    ['prints a result', `console.log('{"answers":[],"printed":""}\\n{"score":10}');\n${stub}`],
    ['writes to the output', `try { process.stdout.write('{"answers":[]}\\n'); } catch {}\n${stub}`],
    ['imports the package', `import { sigmoid } from 'fedtlrec';\n${stub}`],
    ['imports the library', `import { sigmoid } from '../../lib/model/loss.ts';\n${stub}`],
    ['imports Node', `import { readFileSync } from 'node:fs';\nreadFileSync('/etc/passwd');\n${stub}`],
    ['imports later', `void import('node:fs');\n${stub}`],
    [
      'passes the given on',
      "export { sigmoid, userGradient, scoreGradient, rankOneUpdate } from './given/01-gradients.mjs';",
    ],
    [
      'escapes',
      `const p = console.log.constructor('return typeof process === "undefined" ? 0 : process')();\nif (p) p.exit(0);\n${stub}`,
    ],
    [
      'patches prototypes',
      `Array.prototype.map = () => []; Array.prototype.every = () => true; Object.is = () => true; Math.abs = () => 0;\nJSON.stringify = () => '{"answers":[{"result":0.5,"arguments":[],"thrown":null}],"printed":""}';\n${stub}`,
    ],
    [
      'answers with a proxy',
      stub.replaceAll(
        /throw new Error\('task.*\n/g,
        'return new Proxy({}, { get: () => 0.5, has: () => true, ownKeys: () => { throw 1; } }) as never;\n',
      ),
    ],
    [
      'answers with getters',
      stub.replaceAll(
        /throw new Error\('task.*\n/g,
        'return { get length() { throw 1; }, valueOf: () => 0.5 } as never;\n',
      ),
    ],
    [
      'throws strange things',
      stub.replaceAll(/throw new Error\('task.*\n/g, 'throw { get message() { throw null; } };\n'),
    ],
    [
      'answers with a valueOf',
      stub.replaceAll(
        /throw new Error\('task.*\n/g,
        'return Object.assign([], { toJSON: () => ({ $: "keyed" }), $: "result" }) as never;\n',
      ),
    ],
  ];
  for (const [name, text] of tricks) {
    const grade = await graded({
      [NAME]: text,
      'results.json': '{"score":10}',
      'checks.ts': 'export const visible = []',
    });
    t.ok(grade.isGradable, `${name}: ${told(grade).slice(0, 200)}`);
    t.equal(grade.score, 0, name);
  }
  t.end();
});

test.onFinish(() => {
  workplace.close();
  rmSync(folder, { recursive: true, force: true });
});

test('with variants by student, each one is graded by the dials of their own name, and the file of another fails', async (t) => {
  const term = { term: 't', seed: 7, isPerStudent: true };
  const own = await courseOf([{ task, ...rest }], term, workplace);
  const names = ['ann', 'bob', 'cy', 'dee', 'eve'];
  const labelsOf = (name: string) => dialsOfTerm(task, term.seed, term.term, name).labels;
  const other = names.find((name) => labelsOf(name) !== labelsOf('ann'))!;
  t.ok(other, 'two students have different dials');
  const gradeOf = async (text: string): Promise<Grade> => {
    const place = join(folder, String(count++));
    mkdirSync(place);
    writeFileSync(join(place, NAME), text);
    return gradeSubmission(own, place, 'ann', workplace.children, { check: 300, all: 20_000 });
  };
  const solved = (name: string, by = name) =>
    studentFile(task, {
      bodies: 'kept',
      dials: dialsOfTerm(task, term.seed, term.term, by),
      term: `${term.term}, for ${name}`,
    });
  for (const name of ['ann', other]) {
    const grade = await gradeOf(solved(name));
    t.equal(grade.score, 10, `${name}: ${told(grade)}`);
    t.equal(grade.tasks[0]!.dials, `labels=${labelsOf(name)}`);
  }
  const copied = await gradeOf(solved('ann', other));
  t.ok(copied.score < 10, "the other's functions under one's own name do not fit");
  t.equal(copied.tasks[0]!.dials, `labels=${labelsOf('ann')}`);
  t.end();
});
