// A socket: the library with a task's functions taken out, bundled, and the student's functions called in their place, also
// by functions of the same file. What is bundled begins at an entry; only what that needs is in it.
import { createHash } from 'node:crypto';
import { build, type Plugin, transformSync } from 'esbuild';
import { root, sourceFile } from './source.ts';
import { allGivenTo, functionsOf, givenTo, textOf, withoutFunctions } from './stub.ts';
import type { PlugName, Task } from './task.ts';

/** A bundle that defines the global name `socket`. */
export interface Socket {
  readonly code: string;
  /** SHA-256 of the code, hexadecimal. */
  readonly hash: string;
}

/** The socket of the checks: the runner, and what is given to the student. Defines `socket`, a `Runner`. */
export async function checkSocket(task: Task, isMinified = false): Promise<Socket> {
  const entry = [
    "import { openRunner } from './course/kit/runner.ts';",
    "import { table } from 'course:table';",
    "import * as given from 'course:given/0';",
    `export const runner = openRunner({ ...given }, table, ${JSON.stringify(functionsOf(task))});`,
  ].join('\n');
  return bundle(entry, [task], { givens: [givenModule(task)], isMinified });
}

/**
 * The socket of a whole program: a training with the functions of the tasks taken out. Defines `socket`, with a runner for
 * each task, the table of what fills the holes, and `plug()`. What is faster than the plain loops is left out.
 */
export async function plugSocket(tasks: readonly Task[], program: PlugName): Promise<Socket> {
  const lines = tasks.map(
    (task, at) => `'${task.id}': openRunner({ ...given${at} }, table, ${JSON.stringify(functionsOf(task))}),`,
  );
  const entry = [
    "import { openRunner } from './course/kit/runner.ts';",
    "import { table } from 'course:table';",
    `import { plug } from './course/plugs/${program}.ts';`,
    ...tasks.map((_, at) => `import * as given${at} from 'course:given/${at}';`),
    `export const runners = {\n${lines.join('\n')}\n};`,
    'export { plug, table };',
  ].join('\n');
  return bundle(entry, tasks, { givens: tasks.map(givenModule), isMinified: true, replaced: plainOnly });
}

/** Fast loops are other ways to write what the tasks ask for, so they stay at home. */
const plainOnly = {
  'lib/fast/choose-loops.ts':
    "export { plainLoops as fastest } from '../federated/loops.ts';\nimport { plainLoops } from '../federated/loops.ts';\nexport const loopNames = ['plain'];\nexport const chooseLoops = () => plainLoops;",
};

export interface BundleOptions {
  /** The texts of the modules 'course:given/0', 'course:given/1' … */
  readonly givens?: readonly string[];
  /** Other texts for files of the library. */
  readonly replaced?: Readonly<Record<string, string>>;
  readonly format?: 'iife' | 'esm';
  readonly platform?: 'browser' | 'node';
  readonly isMinified?: boolean;
  /** Taken out, but nothing is put in the place: a call throws. */
  readonly external?: readonly string[];
}

/** Bundles an entry, with the functions of the tasks taken out of the library. */
export async function bundle(
  entry: string,
  tasks: readonly Task[],
  options: BundleOptions = {},
): Promise<Socket> {
  const { givens = [], replaced = {}, format = 'iife', platform = 'browser', isMinified = false } = options;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts', sourcefile: 'entry.ts' },
    bundle: true,
    write: false,
    format,
    platform,
    minify: isMinified,
    globalName: format === 'iife' ? 'socket' : undefined,
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
    external: [...(options.external ?? [])],
    plugins: [takingOut(tasks, givens, replaced)],
  });
  const code = outputFiles[0]!.text;
  return { code, hash: createHash('sha256').update(code).digest('hex') };
}

/** What the given module of a task exports. */
export function givenModule(task: Task): string {
  const lines = allGivenTo(task)
    .filter(({ isType }) => !isType)
    .map(({ name, original, from }) => {
      const path = JSON.stringify(from.startsWith('lib/') ? `./${from}` : from);
      if (original === '*') return `export * as ${name} from ${path};`;
      return `export { ${original === name ? name : `${original} as ${name}`} } from ${path};`;
    });
  return ['export {};', ...lines].join('\n');
}

const tableModule = `
export const table = { functions: {}, calls: {} };
export function call(name, values) {
  table.calls[name] = (table.calls[name] ?? 0) + 1;
  const written = table.functions[name];
  if (written === undefined) throw new Error(name + ' is to be written: nothing is in its place');
  return written(...values);
}
`;

function takingOut(
  tasks: readonly Task[],
  givens: readonly string[],
  replaced: BundleOptions['replaced'],
): Plugin {
  const contents = new Map(Object.entries(replaced ?? {}));
  for (const [file, text] of tasks.length > 0 ? withHoles(tasks) : []) contents.set(file, text);
  return {
    name: 'taking-out',
    setup(builder) {
      builder.onResolve({ filter: /^course:/ }, ({ path }) => ({ path, namespace: 'course' }));
      builder.onLoad({ filter: /.*/, namespace: 'course' }, ({ path }) => ({
        contents: path === 'course:table' ? tableModule : givens[Number(path.split('/')[1])]!,
        resolveDir: root,
        loader: 'ts',
      }));
      builder.onLoad({ filter: /[\\/]lib[\\/].*\.ts$/ }, ({ path }) => {
        const text = contents.get(path.slice(root.length).replaceAll('\\', '/'));
        return text === undefined ? undefined : { contents: text, loader: 'ts' };
      });
    },
  };
}

/** The files of the library that the tasks are cut from, with a stand-in for each function. */
function withHoles(tasks: readonly Task[]): Map<string, string> {
  const functions = new Map<string, string[]>();
  for (const cut of tasks.flatMap((task) => task.cut)) {
    functions.set(cut.file, [...(functions.get(cut.file) ?? []), ...cut.functions]);
  }
  const imported = tasks.flatMap(givenTo);
  return new Map(
    [...functions].map(([file, cut]) => {
      const { names } = sourceFile(file);
      const body = withoutFunctions({ file, functions: cut }, (name, isExported) => {
        const head = `${isExported ? 'export ' : ''}function ${name}(...values: unknown[])`;
        return `${head} { return courseCall('${name}', values) as never; }`;
      });
      const hidden = imported
        .filter(({ from, name, isType }) => from === file && !isType && !names.get(name)!.isExported)
        .map(({ name }) => name);
      const tail = hidden.length > 0 ? `\nexport { ${[...new Set(hidden)].join(', ')} };\n` : '\n';
      return [file, `${body}${tail}import { call as courseCall } from 'course:table';\n`];
    }),
  );
}

/**
 * The longest statement of each of a task's functions, as it stands in a bundle, without white space: where none of them
 * is found, the reference is absent.
 */
export function fingerprintsOf(task: Task): { name: string; statement: string }[] {
  return task.cut.flatMap(({ file, functions }) =>
    functions.map((name) => {
      const text = textOf(file, name).replace(/^\/\*\*[\s\S]*?\*\//, '');
      const code = transformSync(text, { loader: 'ts', target: 'node20', legalComments: 'none' }).code;
      const lines = code.split('\n').map(withoutSpace);
      const longest = lines.slice(1).reduce((best, line) => (line.length > best.length ? line : best), '');
      return { name, statement: longest };
    }),
  );
}

export function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
