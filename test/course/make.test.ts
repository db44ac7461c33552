// The command `make --per-student`: each student's zip has a stub with the dials by which that name is graded, and nothing is
// made where a name is missing or odd.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import test from 'tape';
import { make } from '../../course/commands/make.ts';
import { loadTask } from '../../course/kit/load.ts';
import { studentFile } from '../../course/kit/stub.ts';
import { dialsOfTerm } from '../../course/kit/variants.ts';

const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-make-'));
const id = '01-gradients';
const options = { term: '2027s', seed: '7', out: join(folder, 'out'), 'per-student': true };
let lists = 0;
const list = (text: string) => {
  const students = join(folder, `names-${lists++}.txt`);
  writeFileSync(students, text);
  return students;
};

test.onFinish(() => rmSync(folder, { recursive: true, force: true }));

test('a list of names that cannot be used makes nothing, and one sentence says why', async (t) => {
  for (const [students, said] of [
    [undefined, /--per-student needs --students FILE/],
    [list('\n \n'), /names-0\.txt names nobody/],
    [list('ann\n../bob\n'), /may have letters, digits, dots and hyphens, got \.\.\/bob/],
    [join(folder, 'nowhere.txt'), /ENOENT.*nowhere\.txt/],
  ] as const) {
    const problem = await make([id], { ...options, students }).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
    t.match(problem, said);
  }
  t.notOk(existsSync(options.out));
  t.end();
});

test('each student gets a zip of their own, with the dials of their name', async (t) => {
  await make([id], { ...options, students: list('\uFEFFann\r\ncy\r\n\r\n') });
  const home = join(options.out, options.term);
  t.deepEqual(readdirSync(join(home, 'student')).sort(), [
    'fedtlrec-course-2027s-ann.zip',
    'fedtlrec-course-2027s-cy.zip',
  ]);
  const { task } = await loadTask(id);
  const stubs = new Set<string>();
  for (const name of ['ann', 'cy']) {
    const files = unzipSync(readFileSync(join(home, 'student', `fedtlrec-course-2027s-${name}.zip`)));
    const [path] = Object.keys(files).filter((each) => each.endsWith(`/${id}.ts`));
    const stub = new TextDecoder().decode(files[path!]);
    const dials = dialsOfTerm(task, 7, options.term, name);
    const wanted = studentFile(task, { bodies: 'cut', dials, term: options.term });
    const bodyOf = (text: string) => text.slice(text.indexOf('export function'));
    t.equal(bodyOf(stub), bodyOf(wanted), `${name}: ${JSON.stringify(dials)}`);
    stubs.add(bodyOf(stub));
  }
  t.equal(stubs.size, 2, 'the two differ');
  t.end();
});
