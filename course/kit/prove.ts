// Proves that a task's checks see what they should: nothing passes that is not written, the reference passes under every
// dial and many seeds, right solutions pass, and every wrong one fails by its declared check.
// In: a task's folder; out: problems, none if all is well, and a row for the table.

import type { Plugged } from '../plugs/plugged.ts';
import { runPlug } from '../student/plug.ts';
import { type CheckResult, judge } from './judge.ts';
import type { TaskFolder } from './load.ts';
import { bundle, fingerprintsOf, plugSocket, withoutSpace } from './socket.ts';
import { sourceFile } from './source.ts';
import { functionsOf, studentFile } from './stub.ts';
import type { Check, Dials, PlugName, RightSolution, Task, WrongSolution } from './task.ts';
import { answersOf, trustedExecutor } from './trusted.ts';
import type { Workplace } from './workplace.ts';

export interface Proof {
  readonly task: string;
  readonly visible: number;
  readonly hidden: number;
  readonly wrong: number;
  readonly caught: number;
  readonly right: number;
  readonly dials: number;
  readonly seeds: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

const FEWEST_WRONG = 5;

export async function prove(folder: TaskFolder, workplace: Workplace, seeds = 50): Promise<Proof> {
  const started = performance.now();
  const prover = new Prover(folder, workplace);
  const { task, visible, hidden, wrong, right } = folder;
  prover.checkFolder();
  await prover.referenceIsAbsent();
  await prover.nothingWrittenFails();
  const dials = dialsOf(task);
  for (const [at, setting] of dials.entries())
    await prover.referencePasses(setting, at === 0 ? seeds : Math.ceil(seeds / 5), at);
  await prover.copiedReferenceFails();
  await prover.worksPluggedIn();
  for (const solution of right) await prover.rightPasses(solution);
  let caught = 0;
  for (const solution of wrong) if (await prover.wrongFails(solution)) caught++;
  return {
    task: task.id,
    visible: visible.length,
    hidden: hidden.length,
    wrong: wrong.length,
    caught,
    right: right.length,
    dials: dials.length,
    seeds,
    seconds: (performance.now() - started) / 1000,
    problems: prover.problems,
  };
}

/** The library's setting, and each other value of each dial alone, and all dials turned. */
export function dialsOf(task: Task): Dials[] {
  const alone = task.dials.flatMap(({ name, values }) =>
    values.slice(1).map((value) => ({ [name]: value.name })),
  );
  const all = Object.fromEntries(task.dials.map(({ name, values }) => [name, values.at(-1)!.name]));
  return [{}, ...alone, ...(task.dials.length > 1 ? [all] : [])];
}

class Prover {
  readonly problems: string[] = [];
  readonly #folder: TaskFolder;
  readonly #workplace: Workplace;
  readonly #checks: readonly Check[];

  constructor(folder: TaskFolder, workplace: Workplace) {
    this.#folder = folder;
    this.#workplace = workplace;
    this.#checks = [...folder.visible, ...folder.hidden];
  }

  checkFolder(): void {
    const { task, visible, hidden, wrong, right, hints, lesson } = this.#folder;
    const names = this.#checks.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    this.#expect(!twice, `two checks are called ${twice}`);
    this.#expect(visible.length > 0 && hidden.length > 0, 'there must be visible and hidden checks');
    this.#expect(wrong.length >= FEWEST_WRONG, `${wrong.length} wrong solutions, at least ${FEWEST_WRONG}`);
    this.#expect(right.length > 0, 'there must be a right solution in another style');
    this.#expect(
      hints.length === 3 && hints.every(Boolean),
      `hints.md must have three steps, has ${hints.length}`,
    );
    this.#expect(lesson.trim().length > 200, 'lesson.md says too little');
    this.#expect(task.dials.length > 0, 'there must be a dial');
  }

  /** The bundle that the student's code is plugged into holds no body of the task's functions; the whole library does. */
  async referenceIsAbsent(): Promise<void> {
    const { task } = this.#folder;
    const socket = withoutSpace((await this.#workplace.socket(task)).code);
    const exports = task.cut.map(
      ({ file, functions }) => `export { ${functions.join(', ')} } from './${file}';`,
    );
    const exported = task.cut.every(({ file, functions }) => exportsAll(file, functions));
    const whole = exported ? withoutSpace((await bundle(exports.join('\n'), [])).code) : null;
    for (const { name, statement } of fingerprintsOf(task)) {
      this.#expect(!socket.includes(statement), `the socket holds the body of ${name}`);
      if (whole)
        this.#expect(whole.includes(statement), `the body of ${name} cannot be recognized: ${statement}`);
    }
  }

  /** The untouched stub, and functions that throw at once, fail every check; so does a file without functions. */
  async nothingWrittenFails(): Promise<void> {
    const { task } = this.#folder;
    const thrower = functionsOf(task).map(
      (name) => `export function ${name}() { throw new Error('nothing here'); }`,
    );
    const nothing = functionsOf(task).map((name) => `export function ${name}() {}`);
    const files = {
      stub: studentFile(task, { bodies: 'cut' }),
      thrower: thrower.join('\n'),
      'empty bodies': nothing.join('\n'),
    };
    for (const [name, text] of Object.entries(files)) {
      for (const result of await this.#judge(text, {}, 1)) {
        this.#expect(
          result.status === 'failed',
          `${name}: check ${result.name} ${result.status}: ${result.says}`,
        );
      }
    }
  }

  async referencePasses(dials: Dials, seeds: number, from: number): Promise<void> {
    const text = studentFile(this.#folder.task, { bodies: 'kept', dials });
    for (let seed = 0; seed < seeds; seed++) {
      const results = await this.#judge(text, dials, 1000 * from + seed);
      this.#mustPass(`the reference with ${JSON.stringify(dials)} and seed ${seed}`, results);
    }
  }

  /** What was right last term is not, where a dial has been turned. */
  async copiedReferenceFails(): Promise<void> {
    const text = studentFile(this.#folder.task, { bodies: 'kept' });
    for (const dials of dialsOf(this.#folder.task).slice(1)) {
      const results = await this.#judge(text, dials, 1);
      this.#expect(
        results.some(({ status }) => status === 'failed'),
        `the library's functions pass although the dial is turned: ${JSON.stringify(dials)}`,
      );
    }
  }

  async rightPasses({ name, edits = [], file }: RightSolution): Promise<void> {
    const text = file ?? studentFile(this.#folder.task, { bodies: 'kept', edits });
    for (const seed of [1, 2, 3]) this.#mustPass(`right solution ${name}`, await this.#judge(text, {}, seed));
  }

  /** The task's program calls the functions, and ends in the bits of the library's own run. */
  async worksPluggedIn(): Promise<void> {
    const { task } = this.#folder;
    const program = task.plug ?? 'training';
    const { code } = await plugSocket([task], program);
    const file = { name: `${task.id}.ts`, text: studentFile(task, { bodies: 'kept' }) };
    const { mine, calls } = await runPlug(code, new Map([[task.id, file]]));
    const library = await libraryRun(program);
    const called = functionsOf(task).filter((name) => (calls[name] ?? 0) > 0);
    this.#expect(called.length > 0, `plug: the program ${program} calls none of the functions`);
    this.#expect(
      mine.digest === library.digest,
      `plug: the digest is ${mine.digest}, the library's ${library.digest}`,
    );
  }

  /** In a child process, as students' files are: a wrong solution may loop. */
  async wrongFails({ name, edits = [], file, caughtBy, says }: WrongSolution): Promise<boolean> {
    const { task } = this.#folder;
    const text = file ?? studentFile(task, { bodies: 'kept', edits });
    const executor = await this.#workplace.executor(task, text);
    const reference = await this.#reference({});
    const before = this.problems.length;
    for (const seed of [1, 2]) {
      const results = await judge({ task, checks: this.#checks, dials: {}, seed, executor, reference });
      const found = results.find((result) => result.name === caughtBy);
      const others = results
        .filter(({ status }) => status !== 'passed')
        .map((each) => `${each.name}: ${each.says}`);
      const told = `wrong solution ${name}, check ${caughtBy}`;
      this.#expect(found !== undefined, `${told}: there is no such check`);
      this.#expect(
        found?.status === 'failed',
        `${told}: ${found?.status} (${others.join('; ') || 'all pass'})`,
      );
      this.#expect(found?.says.includes(says) ?? false, `${told} must say "${says}", says: ${found?.says}`);
      for (const each of results)
        this.#expect(each.status !== 'error', `${told}: ${each.name}: ${each.says}`);
    }
    return this.problems.length === before;
  }

  readonly #references = new Map<string, Promise<ReturnType<typeof answersOf>>>();

  #reference(dials: Dials): Promise<ReturnType<typeof answersOf>> {
    const key = JSON.stringify(dials);
    const known =
      this.#references.get(key) ?? this.#workplace.reference(this.#folder.task, dials).then(answersOf);
    this.#references.set(key, known);
    return known;
  }

  async #judge(text: string, dials: Dials, seed: number): Promise<CheckResult[]> {
    const { task } = this.#folder;
    const { code } = await this.#workplace.socket(task);
    const executor = trustedExecutor(code, text, `${task.id}.ts`);
    const reference = await this.#reference(dials);
    const limits = { check: 60_000, all: 600_000 };
    return judge({ task, checks: this.#checks, dials, seed, executor, reference, limits });
  }

  #mustPass(what: string, results: readonly CheckResult[]): void {
    for (const { name, status, says, got, wanted, calls } of results) {
      if (status === 'passed') continue;
      this.problems.push(
        `${what}: check ${name} ${status}: ${says}; got ${got}, wanted ${wanted}, ${calls?.join('; ').slice(0, 400)}`,
      );
    }
  }

  #expect(condition: boolean, problem: string): void {
    if (!condition) this.problems.push(problem);
  }
}

const libraryRuns = new Map<PlugName, Promise<Plugged>>();

/** A program of course/plugs/ with the library as it is; once for all tasks. */
function libraryRun(program: PlugName): Promise<Plugged> {
  const known =
    libraryRuns.get(program) ??
    import(new URL(`../plugs/${program}.ts`, import.meta.url).href).then(
      ({ plug }) => plug() as Promise<Plugged>,
    );
  libraryRuns.set(program, known);
  return known;
}

function exportsAll(file: string, functions: readonly string[]): boolean {
  const { functions: known } = sourceFile(file);
  return functions.every((name) => known.get(name)?.isExported);
}
