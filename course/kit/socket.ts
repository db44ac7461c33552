// A socket: the library with a task's functions taken out, bundled, and the student's functions called in their place, also
// by functions of the same file. What is bundled begins at an entry; only what that needs is in it.
import { createHash } from 'node:crypto';
import { build, type Plugin, transformSync } from 'esbuild';
import { root, sourceFile } from './source.ts';
import { allGivenTo, functionsOf, givenTo, textOf, withoutFunctions } from './stub.ts';
import type { Task } from './task.ts';

/** A bundle that defines the global name `socket`. */
export interface Socket {
  readonly code: string;
  /** SHA-256 of the code, hexadecimal. */
  readonly hash: string;
}

/** The socket of the checks: the runner, and what is given to the student. Defines `socket`, a `Runner`. */
export async function checkSocket(task: Task): Promise<Socket> {
  const entry = [
    "import { openRunner } from './course/kit/runner.ts';",
    "import { table } from 'course:table';",
    "import * as given from 'course:given';",
    `export const runner = openRunner({ ...given }, table, ${JSON.stringify(functionsOf(task))});`,
  ].join('\n');
  return bundle(entry, [task], { given: givenModule(task) });
}

export interface BundleOptions {
  /** The text of the module 'course:given'. */
  readonly given?: string;
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
  const { given = 'export {};', format = 'iife', platform = 'browser', isMinified = false } = options;
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
    plugins: [takingOut(tasks, given)],
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

function takingOut(tasks: readonly Task[], given: string): Plugin {
  const contents = new Map(tasks.flatMap((task) => [...withHoles(task)]));
  return {
    name: 'taking-out',
    setup(builder) {
      builder.onResolve({ filter: /^course:/ }, ({ path }) => ({ path, namespace: 'course' }));
      builder.onLoad({ filter: /.*/, namespace: 'course' }, ({ path }) => ({
        contents: path === 'course:table' ? tableModule : given,
        resolveDir: root,
        loader: 'ts',
      }));
      builder.onLoad({ filter: /\/lib\/.*\.ts$/ }, ({ path }) => {
        const text = contents.get(path.slice(root.length).replaceAll('\\', '/'));
        return text === undefined ? undefined : { contents: text, loader: 'ts' };
      });
    },
  };
}

/** The files of the library that a task is cut from, with a stand-in for each function. */
function withHoles(task: Task): Map<string, string> {
  const imported = givenTo(task);
  return new Map(
    task.cut.map((cut) => {
      const { names } = sourceFile(cut.file);
      const body = withoutFunctions(cut, (name, isExported) => {
        const head = `${isExported ? 'export ' : ''}function ${name}(...values: unknown[])`;
        return `${head} { return courseCall('${name}', values) as never; }`;
      });
      const hidden = imported
        .filter(({ from, name, isType }) => from === cut.file && !isType && !names.get(name)!.isExported)
        .map(({ name }) => name);
      const tail = hidden.length > 0 ? `\nexport { ${hidden.join(', ')} };\n` : '\n';
      return [cut.file, `${body}${tail}import { call as courseCall } from 'course:table';\n`];
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
