// Stepping: a program with a recorder in it computes what it computed before, every line that is written down exists, and
// what is written down is what was there.
import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import test from 'tape';
import { casesOf, sentText } from '../../course/kit/judge.ts';
import { loadTasks } from '../../course/kit/load.ts';
import type { Runner } from '../../course/kit/runner.ts';
import { checkSocket } from '../../course/kit/socket.ts';
import { studentFile } from '../../course/kit/stub.ts';
import { translate } from '../../course/kit/translate.ts';
import { libraryProgram, libraryText } from '../../course/make/library-steps.ts';
import { History } from '../../course/stepping/history.ts';
import { type Picture, pictureOf } from '../../course/stepping/picture.ts';
import { recordCase } from '../../course/stepping/record-case.ts';
import { Recorder, type Recording } from '../../course/stepping/recorder.ts';
import { instrumentedFile } from '../../course/stepping/student-file.ts';

/** What `main` of a program gives or throws, without a recorder and with one. */
function bothWays(text: string, most?: number) {
  const plain = outcomeOf(() => mainOf(translate(text, 'my.ts').code!)());
  const recorder = new Recorder(most);
  const { code, problem } = instrumentedFile(text, 'my.ts');
  if (code === null) throw new Error(problem!);
  const told = mainOf(code, recorder);
  recorder.begin();
  const instrumented = outcomeOf(told);
  return { plain, instrumented, recording: recorder.end() };
}

function mainOf(code: string, recorder?: Recorder): () => unknown {
  const program = new Script(code).runInThisContext();
  const exports: { main?: () => unknown } = {};
  (recorder ? program(recorder) : program)(exports, () => ({}), {}, {});
  return exports.main!;
}

function outcomeOf(run: () => unknown): unknown {
  try {
    return { gives: run() };
  } catch (error) {
    return { throws: String(error) };
  }
}

/** Lines of a text on which something stands. */
function emptyLinesOf({ steps }: Recording, text: string): number[] {
  const lines = text.split('\n');
  return steps.map(({ line }) => line).filter((line) => !lines[line - 1]?.trim());
}

const programs: Readonly<Record<string, string>> = {
  'destructuring and default parameters': `
    function part({ a, b: [c, ...rest] = [7, 8] }, d = a + 1, { e = () => d * 2 } = {}) { return [a, c, rest, d, e()]; }
    export function main() { return [part({ a: 1, b: [2, 3, 4] }), part({ a: 1 }, 5), part({ a: 2 }, undefined, { e: () => 9 })]; }`,
  'for-of and for-in with and without braces': `
    export function main() {
      const out = [];
      for (const [key, value] of new Map([['x', 1], ['y', 2]])) out.push(key + value);
      for (const each of [3, 4]) { if (each === 4) continue; out.push(each); }
      for (const key in { p: 1, q: 2 }) out.push(key);
      let last; for (last of [5, 6]);
      return [out, last];
    }`,
  'closures that keep the variable of their round': `
    export function main() {
      const keep = [];
      for (let i = 0; i < 3; i++) keep.push(() => i);
      for (var v = 0; v < 3; v++) keep.push(() => v);
      let count = 0; const next = () => ++count; next(); next();
      return [keep.map((each) => each()), count];
    }`,
  'generators, told to stop early and fed with values': `
    let ended = '';
    function* numbers(most) { try { for (let i = 0; ; i++) { if (i >= most) return 'end'; const got = yield i; if (got) i += got; } } finally { ended += most; } }
    function* twice() { const end = yield* numbers(3); yield end; yield; }
    export function main() {
      const out = [];
      for (const n of numbers(10)) { if (n > 2) break; out.push(n); }
      const fed = numbers(9); fed.next(); out.push(fed.next(4).value);
      try { fed.throw(new Error('from outside')); } catch (error) { out.push(error.message); }
      return [out, [...twice()], ended];
    }`,
  'early returns, throws, and finally': `
    function risky(n) { try { if (n === 0) return 'zero'; if (n === 1) throw new RangeError('one'); } catch (error) { return error.message; } finally { log.push(n); if (n === 3) return 'three'; } return; }
    const log = [];
    export function main() { const all = [0, 1, 2, 3].map((n) => risky(n)); if (log.length === 4) throw new TypeError(JSON.stringify([all, log])); }`,
  'labelled loops': `
    export function main() {
      const out = [];
      outer: for (let i = 0; i < 4; i++) { inner: for (let j = 0; j < 4; j++) { if (j === 2) continue outer; if (i === 2) break outer; if (i === j) continue inner; out.push([i, j]); } }
      block: { if (out.length) break block; out.push('never'); }
      again: while (true) { do break again; while (true); }
      return out;
    }`,
  'ternaries, else-if and loops without blocks': `
    const kind = (n) => n < 0 ? 'less' : n === 0 ? 'none' : n > 5 ? (() => 'many')() : 'some';
    export function main() {
      const out = [];
      for (let n = -1; n < 8; n += 4) if (n < 0) out.push(1); else if (n < 4) out.push(2)
      else out.push(3)
      let k = 0
      while (k < 3) k++
      do k--; while (k > 1)
      for (;;) if (k++ > 4) break
      return [out, k, [-3, 0, 2, 9].map(kind)];
    }`,
  'arrows that give objects, arrows that give arrows': `
    const add = (a) => (b) => ({ sum: a + b });
    const pick = ({ sum }) => (sum, sum + 1);
    export function main() { return [add(1)(2), pick(add(3)(4)), [1, 2].map((x) => [x, x * x]), (async () => 1)() instanceof Promise]; }`,
  'classes with getters, statics, private fields and inheritance': `
    class Base { #secret = 4; static made = 0; constructor(n) { Base.made++; this.n = n; } get both() { return [this.n, this.#secret]; } bump() { this.#secret++; return this; } }
    class More extends Base { extra = [1].map((x) => x + 1); constructor() { super(7); this.own = () => this.n; } static { More.seen = [1, 2].map((x) => x * 2); } }
    export function main() { const m = new More(); return [m.bump().both, m.extra, m.own(), Base.made, More.seen]; }`,
  'switch with falling through, and variables in its cases': `
    const name = (n) => { switch (n) { case 0: return 'no'; case 1: case 2: { const few = 'few'; return few; } case 3: let x = 'x'; default: x = 'y'; return x + n; } };
    export function main() { return [0, 1, 2, 3, 4].map(name); }`,
  'functions of one name, and a variable that is called as a function': `
    export function main() { function f() { return 1; } function f() { return 2; } var g = f(); function g() {} return [f(), g]; }`,
  'recursion, arguments and this': `
    function depth(n) { if (n <= 0) return 0; return 1 + depth(n - 1); }
    function sum() { let s = 0; for (const a of arguments) s += a; return s * this.by; }
    export function main() { return [depth(5), sum.call({ by: 2 }, 1, 2, 3)]; }`,
  'names that are not yet defined where a function runs': `
    export function main() { const early = () => { try { return late; } catch (error) { return error.name; } }; const first = early(); const late = 3; return [first, early()]; }`,
  'the names that the recorder itself would use': `
    export function main() { const $stepM = 1, $stepF = 2, $recorder = 3; return $stepM + $stepF + $recorder; }`,
  'statements that end where a line ends': `
    export function main() {
      let a = 1
      let b = a
      ;[a, b] = [b + 1, a]
      const f = x => x * 2
      if (a) b = f(b)
      return a +
        b
    }`,
};

test('a recorder in a program changes nothing that it gives, throws or leaves behind', (t) => {
  for (const [name, text] of Object.entries(programs)) {
    const { plain, instrumented, recording } = bothWays(text);
    t.deepEqual(instrumented, plain, name);
    t.ok(recording.steps.length > 2, `${name}: ${recording.steps.length} steps`);
    t.deepEqual(emptyLinesOf(recording, text), [], `${name}: every line that is told exists`);
  }
  t.end();
});

test('the last values that are written down are those that the program ends with', (t) => {
  const text = `
    export function main() {
      const list = [3, 1, 2], table = new Float64Array(4), rows = [[1, 2], [3, 4]], seen = new Set(), named = new Map();
      let total = 0, word = '';
      for (let at = 0; at < list.length; at++) { total += list[at]; table[at] = total; rows[at % 2][0] -= at; seen.add(at % 2); named.set('k' + at, { at }); word += at; }
      return { list, table, rows, seen, named, total, word };
    }`;
  const { plain, recording } = bothWays(text);
  const history = new History(recording);
  const last = history.length - 1;
  t.equal(history.step(last).kind, 'return');
  const shown = Object.fromEntries(history.variables(last).map(({ name, now }) => [name, now]));
  const real = (plain as { gives: Record<string, unknown> }).gives;
  const wanted = Object.entries(real).map(([name, value]): [string, Picture] => [name, pictureOf(value)]);
  t.deepEqual(shown, Object.fromEntries(wanted));
  const early = history.variables(3).find(({ name }) => name === 'list');
  t.deepEqual(early?.now, pictureOf([3, 1, 2]), 'and an early step still shows what was there then');
  t.end();
});

/** A small language of programs that always end. */
const randomProgram = fc.letrec<{ expression: string; statement: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', 'c', 'list.length', 'list[0]', '1', '-2', '0'),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '<', '&&', '||', ','), tie('expression'))
      .map((x) => `(${x.join(' ')})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
    tie('expression').map((x) => `[1, 2].map((a) => ${x}).length`),
    tie('expression').map((x) => `(() => { if (${x}) return 1\n return c })()`),
    tie('expression').map((x) => `call((b) => (${x}), 3)`),
  ),
  statement: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('=', '+=', '-='), tie('expression'))
      .map((x) => `${x.join(' ')}`),
    tie('expression').map((x) => `list.push(${x});`),
    fc
      .tuple(tie('expression'), tie('statement'), tie('statement'))
      .map(([x, y, z]) => `if (${x}) ${y}\nelse ${z}`),
    fc.tuple(tie('statement'), tie('statement')).map(([x, y]) => `{ let b = a; ${x}\n${y} }`),
    fc
      .tuple(tie('expression'), tie('statement'))
      .map(([x, y]) => `for (let i = 0; i < 3; i++) { if (${x}) continue\n${y} }`),
    tie('statement').map((x) => `for (const c of [1, 2]) { ${x} }`),
    tie('statement').map((x) => `do { ${x}\nif (b) break } while (false)`),
    fc
      .tuple(tie('statement'), tie('expression'))
      .map(
        ([x, y]) =>
          `try { ${x}\nif (${y}) throw new Error('e' + a) } catch (e) { list.push(e.message) } finally { b++ }`,
      ),
    tie('statement').map((x) => `(function* () { ${x}\nyield a })().next()`),
    tie('expression').map((x) => `switch (${x}) { case 1: a++; case 2: b++; break; default: c-- }`),
  ),
}));

test('random programs give the same with a recorder in them', (t) => {
  const one = fc.array(randomProgram.statement, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(one, (statements) => {
      const text = `const call = (f, x) => f(x)\nexport function main() {\nlet a = 1, b = 2, c = 3\nconst list = []\n${statements.join('\n')}\nreturn [a, b, c, list]\n}`;
      const { plain, instrumented, recording } = bothWays(text);
      return (
        JSON.stringify(plain) === JSON.stringify(instrumented) && emptyLinesOf(recording, text).length === 0
      );
    }),
    { seed: 15, numRuns: 150 },
  );
  t.pass('150 programs');
  t.end();
});

test('a program that does not end is stopped, also one that catches everything', (t) => {
  for (const loop of [
    'for (;;);',
    'while (true) ;',
    'for (;;) n++',
    'do ; while (1)',
    'for (const x of forever()) ;',
  ]) {
    const text = `function* forever() { for (;;) yield 1 }\nexport function main() { let n = 0; ${loop} }`;
    const recorder = new Recorder(100);
    const main = mainOf(instrumentedFile(text, 'my.ts').code!, recorder);
    recorder.begin();
    t.throws(main, /stopped after 100 steps/, loop);
    const recording = recorder.end();
    t.equal(recording.steps.length, 100);
    t.ok(recording.isCut);
  }
  let told: Recording | null = null;
  let left = 5; // here it is let go in the end; in a browser its thread is ended
  const recorder = new Recorder(100, (recording) => {
    told = { ...recording, steps: [...recording.steps] };
  });
  const text =
    'export function main(goesOn) { for (;;) { try { for (;;); } catch { if (!goesOn()) return; } } }';
  const main = mainOf(instrumentedFile(text, 'my.ts').code!, recorder) as (goesOn: () => boolean) => unknown;
  recorder.begin();
  t.throws(() => main(() => left-- > 0), /stopped after 100 steps/);
  t.equal(
    (told as Recording | null)?.steps.length,
    100,
    'what was recorded is told before the program goes on',
  );
  t.end();
});

test('one steps into calls, over them, out of them, to a line, and back to where one was', (t) => {
  const text = [
    'function twice(x) {',
    '  const y = 2 * x;',
    '  return y;',
    '}',
    'export function main() {',
    '  const a = [1, 2];',
    '  a[1] = twice(a[1]);',
    '  return a;',
    '}',
  ].join('\n');
  const history = new History(bothWays(text).recording);
  const at = (step: number) => [
    history.step(step).line,
    history.calls(step).join('>'),
    history.step(step).kind,
  ];
  t.deepEqual(
    Array.from({ length: history.length }, (_, step) => at(step)),
    [
      [6, 'main', 'line'],
      [7, 'main', 'line'],
      [2, 'main>twice', 'line'],
      [3, 'main>twice', 'line'],
      [3, 'main>twice', 'return'],
      [8, 'main', 'line'],
      [8, 'main', 'return'],
    ],
  );
  t.equal(history.over(1), 5);
  t.equal(history.back(5), 1, 'back over the call');
  t.equal(history.out(3), 5);
  t.equal(history.out(6), 6, 'there is no way out of the last step');
  t.equal(history.runTo(0, 'my.ts', 3), 3);
  t.equal(history.runTo(4, 'my.ts', 3), 3, 'from the beginning again');
  t.equal(history.runTo(0, 'my.ts', 4), -1);
  t.deepEqual(history.linesOf('my.ts'), [2, 3, 6, 7, 8]);
  t.equal(history.sentence(3), 'Line 3 of twice is about to run. y is 4.');
  t.equal(history.sentence(4), 'twice returns 4.');
  t.equal(history.sentence(5), 'Line 8 of main is about to run. a[1] was 2, is 4.');
  t.end();
});

test('what is drawn: vectors and matrices by their shape, rows of lists, maps, sets, objects, long lists cut', async (t) => {
  const { default: ndarray } = await import('ndarray');
  const matrix = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]).transpose(1, 0);
  t.deepEqual(pictureOf(matrix), {
    is: 'grid',
    type: 'matrix',
    shape: [3, 2],
    rows: [
      ['1', '4'],
      ['2', '5'],
      ['3', '6'],
    ],
  });
  t.deepEqual(pictureOf([[1], [2, 3]]), {
    is: 'grid',
    type: 'array of arrays',
    shape: [2, 2],
    rows: [
      ['1', ''],
      ['2', '3'],
    ],
  });
  t.deepEqual(pictureOf(ndarray(new Float32Array(12), [2, 3, 2])), {
    is: 'grid',
    type: 'ndarray',
    shape: [2, 3, 2],
    rows: Array.from({ length: 6 }, () => ['0', '0']),
  });
  t.deepEqual(pictureOf(new Set([1, 'x'])), { is: 'grid', type: 'Set', shape: [2], rows: [['1', '"x"']] });
  t.deepEqual(pictureOf(new Map([[1, Number.NaN]])), {
    is: 'fields',
    type: 'Map',
    fields: [['1', { is: 'word', text: 'NaN' }]],
    more: 0,
  });
  const long = pictureOf(new Uint8Array(1000));
  t.deepEqual([long.is === 'grid' && long.shape, long.is === 'grid' && long.rows[0]!.length], [[1000], 200]);
  const circle: Record<string, unknown> = { f: () => 1, n: -0 };
  circle.self = circle;
  t.ok(JSON.stringify(pictureOf(circle)).length < 1000, 'what contains itself ends');
  t.end();
});

/** A runner on a student's file in a realm of its own, with or without a recorder. */
function runnerOn(socket: string, text: string, recorder?: Recorder): Runner {
  const context = createContext({ recorder });
  new Script(socket).runInContext(context);
  const code = recorder
    ? `${instrumentedFile(text, 'my.ts').code!}(recorder)`
    : translate(text, 'my.ts').code!;
  const runner = new Script('socket.runner').runInContext(context) as Runner;
  runner.load(new Script(code).runInContext(context));
  return runner;
}

test('the references of the course, and wrong solutions, answer the same with a recorder in them', async (t) => {
  for (const { task, visible, hidden, wrong } of await loadTasks()) {
    const { code } = await checkSocket(task);
    const reference = studentFile(task, { bodies: 'kept' });
    const files = [
      reference,
      ...wrong
        .filter((_, at) => at % 8 === 0)
        .map(({ file, edits }) => file ?? studentFile(task, { bodies: 'kept', edits })),
    ];
    let [differing, unreal, steps] = [0, 0, 0];
    for (const text of files) {
      const recorder = new Recorder(500);
      const [plain, told] = [runnerOn(code, text), runnerOn(code, text, recorder)];
      for (const check of text === reference ? [...visible, ...hidden] : visible) {
        for (const each of casesOf(check, { task, seed: 1, dials: {} }).slice(
          0,
          text === reference ? 2 : 1,
        )) {
          const sent = sentText(each);
          recorder.begin();
          const answer = told.answer(sent);
          const recording = recorder.end();
          if (!recording.isCut && answer !== plain.answer(sent)) differing++;
          unreal += emptyLinesOf(recording, text).length;
          steps += recording.steps.length;
        }
      }
    }
    t.deepEqual(
      { differing, unreal },
      { differing: 0, unreal: 0 },
      `${task.id}: ${files.length} files, ${steps} steps`,
    );
  }
  t.end();
});

test("the library's own functions are stepped on their real lines, and give what they give", async (t) => {
  for (const { task, visible } of await loadTasks(['1', '3', '4', '5'])) {
    const socket = new Function(`${await libraryProgram(task)}; return socket;`)() as {
      runner: Runner;
      recorder: Recorder;
    };
    const { code } = await checkSocket(task);
    const plain = runnerOn(code, studentFile(task, { bodies: 'kept' }));
    const texts = new Map(libraryText(task).files.map(({ file, text }) => [file, text.split('\n')]));
    for (const check of visible) {
      const sent = sentText(casesOf(check, { task, seed: 1, dials: {} })[0]!);
      const { recording, problem } = recordCase(socket.runner, socket.recorder, sent);
      t.equal(problem, null);
      const history = new History(recording!);
      const wrong = recording!.steps.filter((step, at) => {
        const line = texts.get(history.file(at))?.[step.line - 1] ?? '';
        return step.kind === 'return' ? !/return|=>|^\s+\S/.test(line) : line.trim() === '';
      });
      t.equal(wrong.length, 0, `${task.id} ${check.name}: ${history.length} steps, each on a line of lib/`);
      t.equal(socket.runner.answer(sent), plain.answer(sent));
    }
  }
  t.end();
});
