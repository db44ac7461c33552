// A term from its making to its grades, in an empty folder, with Node alone: what a student does, what Gradescope and
// Classroom do, and what the teacher's grader says. Out: problems, none if all is well.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { GradescopeResults } from '../formats/gradescope.ts';
import type { TaskFolder } from '../kit/load.ts';
import { root } from '../kit/source.ts';
import { studentFile } from '../kit/stub.ts';
import { dialsOfTerm } from '../kit/variants.ts';
import type { Workplace } from '../kit/workplace.ts';
import { makeTerm } from './make.ts';

const TERM = 'rehearsal';
const SEED = 6;

export async function rehearse(folders: readonly TaskFolder[], workplace: Workplace): Promise<string[]> {
  const out = mkdtempSync(join(tmpdir(), 'fedtlrec-rehearsal-'));
  try {
    const term = { term: TERM, seed: SEED, isPerStudent: false, students: [], out };
    const home = await makeTerm(folders, term, workplace);
    return new Rehearsal(folders, home, out).run();
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

class Rehearsal {
  readonly #problems: string[] = [];
  readonly #folders: readonly TaskFolder[];
  readonly #home: string;
  readonly #student: string;
  readonly #out: string;

  constructor(folders: readonly TaskFolder[], home: string, out: string) {
    this.#folders = folders;
    this.#home = home;
    this.#out = out;
    unzip(join(home, 'student', `fedtlrec-course-${TERM}.zip`), join(out, 'unpacked'));
    this.#student = join(out, 'unpacked', `fedtlrec-course-${TERM}`);
  }

  run(): string[] {
    this.#untouched();
    this.#solved();
    this.#copied();
    return this.#problems;
  }

  #untouched(): void {
    const { status, output } = this.#course('check', 'all');
    this.#expect(status === 1 && !output.includes('✓'), `untouched stubs pass something:\n${output}`);
    this.#typeCheck('stubs');
    const { score, tests } = this.#gradescope(this.#student);
    this.#expect(score === 0 && tests.length > 0, `untouched stubs are given ${score} points`);
  }

  #solved(): void {
    for (const name of readdirSync(join(this.#home, 'teacher/solutions'))) {
      cpSync(join(this.#home, 'teacher/solutions', name), join(this.#student, name));
    }
    this.#typeCheck('solutions');
    const { status, output } = this.#course('check', 'all');
    this.#expect(status === 0 && !output.includes('✗'), `the solutions fail:\n${output}`);
    const plugged = this.#course('plug', 'all').output;
    this.#expect(
      plugged.includes('the same digest'),
      `plugged in, the solutions give something else:\n${plugged}`,
    );
    const result = /^result=(\S+)$/m.exec(this.#course('classroom').output)?.[1] ?? '';
    const classroom = JSON.parse(Buffer.from(result, 'base64').toString('utf8') || '{}') as {
      status?: string;
    };
    this.#expect(classroom.status === 'pass', 'Classroom does not get a pass for the solutions');
    this.#course('submit');
    const submission = join(this.#out, 'submission');
    unzip(join(this.#student, `submission-${TERM}.zip`), submission);
    const { score } = this.#gradescope(submission);
    this.#expect(score === this.#points, `the solutions are given ${score} of ${this.#points} points`);
  }

  /** The library's own functions, under their defaults: right where no dial is turned, wrong where one is. */
  #copied(): void {
    const copied = join(this.#out, 'copied');
    mkdirSync(copied);
    for (const { task } of this.#folders) {
      writeFileSync(join(copied, `${task.id}.ts`), studentFile(task, { bodies: 'kept', term: TERM }));
    }
    const { tests } = this.#gradescope(copied);
    for (const { task } of this.#folders) {
      const dials = dialsOfTerm(task, SEED, TERM);
      const isDefault = task.dials.every(({ name, values }) => dials[name] === values[0]!.name);
      const isPassed = tests
        .filter(({ name }) => name.startsWith(task.id))
        .every(({ status }) => status === 'passed');
      this.#expect(
        isPassed === isDefault,
        `${task.id}: the library's own functions ${isPassed ? 'pass' : 'fail'}`,
      );
    }
  }

  get #points(): number {
    return this.#folders.reduce((sum, { task }) => sum + task.points, 0);
  }

  #course(...words: string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['course.mjs', ...words], {
      cwd: this.#student,
      encoding: 'utf8',
    });
    return { status, output: `${stdout}${stderr}` };
  }

  #typeCheck(what: string): void {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], {
      cwd: this.#student,
      encoding: 'utf8',
    });
    this.#expect(
      status === 0,
      `the ${what} do not type-check in the student's folder:\n${stdout.slice(0, 2000)}`,
    );
  }

  /** The zip unpacked as Gradescope does, and its program run beside a submission. */
  #gradescope(submission: string): GradescopeResults {
    const place = mkdtempSync(join(this.#out, 'autograder-'));
    unzip(join(this.#home, 'gradescope.zip'), join(place, 'source'));
    cpSync(submission, join(place, 'submission'), { recursive: true });
    const { stderr } = spawnSync('bash', [join(place, 'source/run_autograder')], {
      env: { ...process.env, AUTOGRADER: place },
      encoding: 'utf8',
    });
    try {
      return JSON.parse(readFileSync(join(place, 'results/results.json'), 'utf8')) as GradescopeResults;
    } catch {
      this.#problems.push(`Gradescope gets no results: ${stderr}`);
      return {
        execution_time: 0,
        output: '',
        output_format: 'text',
        stdout_visibility: 'hidden',
        extra_data: {},
        tests: [],
      };
    }
  }

  #expect(condition: boolean, problem: string): void {
    if (!condition) this.#problems.push(problem);
  }
}

function unzip(zip: string, folder: string): void {
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(place, bytes);
  }
}
