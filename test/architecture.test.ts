// The layout of lib/: folders point in one direction, speed stands behind one seam, client and server know nothing of each
// other's data, nothing goes in a circle, and what browsers run imports nothing of Node.
import test from 'tape';
import { importsIn, importsOf, libraryFiles, runBy } from './source-modules.ts';

/** The folders of lib/ in the order in which data flow: each may import from those before it, types included. */
const order = [
  'numeric',
  'data',
  'model',
  'prototyping',
  'evaluation',
  'federated',
  'privacy',
  'robust',
  'tasks',
  'fast',
  'peers',
  'training',
  'simulator',
  'trace',
  'webgpu',
  'node',
  'classroom',
  'queue',
  'cli',
];

/** The way into lib/fast, and who may take it: those who open runs. */
const seam = /^lib\/fast\/(choose-loops|device-attention)\.ts$/;
const throughTheSeam = [
  'lib/classroom/join-class.ts',
  'lib/classroom/replay.ts',
  'lib/classroom/serve-class.ts',
  'lib/cli/backend.ts',
  'lib/cli/evaluate.ts',
  'lib/cli/options.ts',
  'lib/cli/recommend.ts',
  'lib/index.ts',
  'lib/node/saved-run.ts',
  'lib/queue/chunk-thread.ts',
  'lib/simulator/worker.ts',
  'lib/training/open-run.ts',
  'lib/training/train-task.ts',
];

/** Where packages and modules of Node may be used. */
const nodeFolders = ['simulator', 'node', 'classroom', 'queue', 'cli'];
const everywhere = ['ndarray', 'ndarray-ops'];
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  numeric: ['mathjs'],
  simulator: ['piscina', 'tsx'],
  classroom: ['aedes', 'mqtt', 'uqr', 'ws'],
  queue: ['@nats-io/jetstream', '@nats-io/obj', '@nats-io/transport-node', 'piscina'],
  cli: ['commander', 'cli-progress'],
};

const folderOf = (file: string) => /^lib\/([^/]+)\//.exec(file)?.[1] ?? '';
const files = libraryFiles();
const arrows = files.flatMap((file) => importsOf(file).map((found) => ({ file, ...found })));
const inside = arrows.filter(({ target }) => target.startsWith('lib/'));

test('every folder of lib/ has its place in the order', (t) => {
  const folders = new Set(files.map(folderOf).filter(Boolean));
  t.deepEqual([...folders].sort(), [...order].sort());
  t.ok(inside.length > 500, `${inside.length} imports are read`);
  t.ok(
    inside.every(({ target }) => files.includes(target) || target.endsWith('.mjs')),
    'each leads to a file',
  );
  t.end();
});

test('folders point in one direction', (t) => {
  const backwards = inside
    .filter(
      ({ file, target }) => folderOf(file) && order.indexOf(folderOf(target)) > order.indexOf(folderOf(file)),
    )
    .map(({ file, target, kind }) => `${file} → ${target} (${kind})`);
  t.deepEqual(backwards, []);
  const toTheTop = inside.filter(({ file, target }) => folderOf(file) && !folderOf(target));
  t.deepEqual(
    toTheTop.map(({ file, target }) => `${file} → ${target}`),
    [],
    'and no folder imports the index',
  );
  t.end();
});

test('lib/fast is entered through the seam only, by those who open runs', (t) => {
  const entering = inside.filter(
    ({ file, target }) => folderOf(target) === 'fast' && folderOf(file) !== 'fast',
  );
  const around = entering.filter(({ target }) => !seam.test(target));
  t.deepEqual(
    around.map(({ file, target }) => `${file} → ${target}`),
    [],
  );
  const strangers = entering.filter(({ file }) => !throughTheSeam.includes(file));
  t.deepEqual(
    strangers.map(({ file }) => file),
    [],
  );
  t.end();
});

test('the core round and what it stands on run neither fast loops, nor defences, nor peers', (t) => {
  const core = runBy('lib/federated/recipes/fedtlrec.ts', 'lib/federated/loops.ts');
  t.ok(
    core.has('lib/federated/client-side.ts') && core.has('lib/federated/server-side.ts'),
    'both sides are read',
  );
  t.deepEqual(
    [...core].filter((file) => /^lib\/(fast|privacy|peers|training)\//.test(file)),
    [],
  );
  t.end();
});

test('training fedtlrec runs and loads neither defences, nor strategies, nor peers, nor anything later', (t) => {
  const round = runBy('lib/training/train.ts', 'lib/federated/recipes/fedtlrec.ts');
  t.ok(round.size > 50 && round.has('lib/training/rounds.ts'), `${round.size} files`);
  t.deepEqual(
    [...round].filter((file) =>
      /^lib\/(privacy|robust|peers|prototyping|trace|webgpu|node|cli)\//.test(file),
    ),
    [],
  );
  const later = [...round].flatMap((file) => importsOf(file).filter(({ kind }) => kind === 'dynamic'));
  t.deepEqual(later, [], 'nothing is loaded later, which bundlers would take along');
  t.end();
});

test('what the server runs has no way to ratings, and what a client runs has none to the sums', (t) => {
  const server = runBy('lib/federated/server-side.ts');
  const client = runBy('lib/federated/client-side.ts');
  t.ok(server.has('lib/federated/wire.ts') && client.has('lib/federated/wire.ts'), 'both run the wire');
  t.ok(client.has('lib/data/split.ts'), 'the client reads its own ratings');
  const touching = [...server].filter((file) => /^lib\/data\/|client-side|recency/.test(file));
  t.deepEqual(touching, [], 'the server draws no samples and knows of no states');
  const merging = [...client].filter((file) => /server|update-sum|tokens|aggregator/.test(file));
  t.deepEqual(merging, [], 'the client merges nothing');
  t.end();
});

test("a participant's part of a class runs in browsers, and has no way to the server's", (t) => {
  const participant = runBy(
    'lib/classroom/participant.ts',
    'lib/classroom/home.ts',
    'lib/classroom/mqtt-link.ts',
  );
  t.ok(participant.has('lib/federated/wire.ts'), `${participant.size} files`);
  const ofNode = [...participant].filter((file) =>
    importsOf(file).some(({ target }) => target.startsWith('node:')),
  );
  t.deepEqual(ofNode, []);
  const atServer = [...participant].filter((file) =>
    /classroom\/(class|desk|merge|broker|gate|serve|inbox|outbox|supplies)/.test(file),
  );
  t.deepEqual(atServer, []);
  t.end();
});

test('no file imports itself in a circle, types included', (t) => {
  t.deepEqual(
    circles(files, (file) => importsOf(file).filter(({ kind }) => kind !== 'dynamic')),
    [],
  );
  const ring: Record<string, string> = {
    'lib/a.ts': 'lib/b.ts',
    'lib/b.ts': 'lib/c.ts',
    'lib/c.ts': 'lib/b.ts',
  };
  t.deepEqual(
    circles(Object.keys(ring), (file) => [{ target: ring[file]! }]),
    ['lib/b.ts → lib/c.ts → lib/b.ts'],
    'a circle is seen',
  );
  t.end();
});

test('packages and modules of Node are used where they belong', (t) => {
  const strangers = arrows
    .filter(({ target }) => !target.startsWith('lib/') && target !== 'package.json')
    .filter(({ file, target }) => {
      const folder = folderOf(file);
      if (target.startsWith('node:')) return !nodeFolders.includes(folder) && file !== 'lib/cli.ts';
      const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
      return !everywhere.includes(name) && !packagesOf[folder]?.includes(name);
    })
    .map(({ file, target }) => `${file} → ${target}`);
  t.deepEqual(strangers, []);
  t.end();
});

test('the reader of imports sees types, values, what is re-exported and what is loaded later', (t) => {
  const text = [
    "import type { A } from './a.ts';",
    "import { b } from '../model/b.ts';",
    "export * from './c.ts';",
    "export type { D } from './d.ts';",
    "const e = () => import('./e.ts');",
    "let f: import('./f.ts').F;",
    "import 'node:fs';",
    "// import './not.ts'",
  ].join('\n');
  t.deepEqual(
    importsIn(text, 'lib/data/x.ts').map(({ target, kind }) => `${kind} ${target}`),
    [
      'type lib/data/a.ts',
      'value lib/model/b.ts',
      'value lib/data/c.ts',
      'type lib/data/d.ts',
      'dynamic lib/data/e.ts',
      'type lib/data/f.ts',
      'value node:fs',
    ],
  );
  t.end();
});

/** Circles among the files, each told by the way that closes it. */
function circles(
  starts: readonly string[],
  importsOfFile: (file: string) => readonly { target: string }[],
): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]) => {
    const at = way.indexOf(file);
    if (at >= 0) found.push([...way.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const { target } of importsOfFile(file))
      if (target.startsWith('lib/')) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of starts) visit(file, []);
  return found;
}
