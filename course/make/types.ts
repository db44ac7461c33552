// Types for the student's editor: declarations of what is given, as TypeScript emits them, without a body anywhere.
// In: tasks; out: files by their path below the student's folder.
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { root, sourceFile } from '../kit/source.ts';
import { allGivenTo } from '../kit/stub.ts';
import type { Task } from '../kit/task.ts';

const FOLDER = '.course/types';

/** Declarations of the library's files, one given module per task, and a tsconfig.json that finds them. */
export function typeFiles(tasks: readonly Task[]): Map<string, string> {
  const sources = tasks.flatMap(allGivenTo).filter(({ from }) => from.startsWith('lib/'));
  const files = declarationsOf([...new Set(sources.map(({ from }) => from))], hiddenNames(tasks));
  for (const task of tasks) files.set(`given/${task.id}.d.mts`, givenDeclarations(task));
  files.set(`${FOLDER}/ndarray.d.ts`, readFileSync(`${root}node_modules/@types/ndarray/index.d.ts`, 'utf8'));
  files.set('tsconfig.json', `${JSON.stringify(tsconfig, null, 2)}\n`);
  return files;
}

const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    paths: { ndarray: ['./.course/types/ndarray.d.ts'] },
  },
  include: ['*.ts', '*.js', '*.mts', '*.mjs', '.course/types/console.d.ts'],
  exclude: ['course.mjs'],
};

function givenDeclarations(task: Task): string {
  const lines = allGivenTo(task).map(({ name, original, isType, from }) => {
    const path = from.startsWith('lib/') ? `../${FOLDER}/${from.replace(/\.ts$/, '.js')}` : from;
    if (original === '*') return `export * as ${name} from '${path}';`;
    const told = original === name ? name : `${original} as ${name}`;
    return `export ${isType ? 'type ' : ''}{ ${told} } from '${path}';`;
  });
  return `// What task ${Number(task.id.slice(0, 2))} may import.\n${lines.join('\n')}\n`;
}

/** Names that the cut files keep to themselves and the student is given. */
function hiddenNames(tasks: readonly Task[]): Map<string, Set<string>> {
  const hidden = new Map<string, Set<string>>();
  for (const { from, name, original } of tasks.flatMap(allGivenTo)) {
    if (!from.startsWith('lib/') || sourceFile(from).names.get(original)?.isExported !== false) continue;
    if (sourceFile(from).names.get(original)!.from !== from) continue; // imported there, and exported by another file
    hidden.set(from, (hidden.get(from) ?? new Set()).add(name));
  }
  return hidden;
}

function declarationsOf(
  files: readonly string[],
  hidden: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, string> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    strict: true,
    skipLibCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    types: [],
    rootDir: root,
    outDir: '/course',
  };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (path) => {
    const text = read(path);
    const names = hidden.get(path.slice(root.length));
    return text !== undefined && names ? `${text}\nexport { ${[...names].join(', ')} };\n` : text;
  };
  const emitted = new Map<string, string>();
  const program = ts.createProgram(
    files.map((file) => root + file),
    options,
    host,
  );
  program.emit(undefined, (path, text) => {
    const place = path.slice(path.indexOf('/course/') + '/course/'.length);
    emitted.set(
      `${FOLDER}/${place}`,
      text.replaceAll(/(from '\.[^']*|import\("\.[^"]*)\.ts(['"])/g, '$1.js$2'),
    );
  });
  if (emitted.size === 0) throw new Error('no declarations were emitted');
  return emitted;
}
