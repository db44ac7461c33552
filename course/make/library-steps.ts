// The library's own functions with a recorder in them, for a task's page on the site: real files of lib/, line for line, and
// their text to show. The library is public there; what students are given never holds this.
import { transform } from 'sucrase';
import { bundle, givenModule } from '../kit/socket.ts';
import { sourceFile } from '../kit/source.ts';
import { functionsOf, givenTo } from '../kit/stub.ts';
import type { Task } from '../kit/task.ts';
import { instrument } from '../stepping/instrument.ts';

/** What is shown of the library: files from the root of the repository, and where the task's functions begin. */
export interface LibraryText {
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

export function libraryText(task: Task): LibraryText {
  return { files: filesOf(task).map((file) => ({ file, text: sourceFile(file).text })) };
}

/** A bundle that defines `socket`, with a runner that holds the library's functions, and the recorder in them. */
export async function libraryProgram(task: Task): Promise<string> {
  const entry = [
    "import { openRunner } from './course/kit/runner.ts';",
    "import * as given from 'course:given/0';",
    ...task.cut.map(({ file, functions }) => `import { ${functions.join(', ')} } from './${file}';`),
    "export { recorder } from './course/workbench/library-recorder.ts';",
    `const table = { functions: { ${functionsOf(task).join(', ')} }, calls: {} };`,
    'export const runner = openRunner({ ...given }, table, []);',
  ].join('\n');
  const replaced = Object.fromEntries(filesOf(task).map((file) => [file, recorded(task, file)]));
  return (await bundle(entry, [], { givens: [givenModule(task)], replaced, isMinified: true })).code;
}

function filesOf(task: Task): string[] {
  return [...new Set(task.cut.map(({ file }) => file))];
}

/** A file of the library without types and with the recorder; what its entry needs of it is exported. */
function recorded(task: Task, file: string): string {
  const { text, names } = sourceFile(file);
  const { code } = transform(text, { transforms: ['typescript'], disableESTransforms: true });
  const isSkipped = (name: string) => name.startsWith('expect'); // they look at arguments, and teach nothing
  const told = instrument(code, { file, kind: 'module', recorder: '$recorder', isSkipped });
  const path = `${'../'.repeat(file.split('/').length - 1)}course/workbench/library-recorder.ts`;
  const needed = [
    ...task.cut.flatMap((cut) => (cut.file === file ? cut.functions : [])),
    ...givenTo(task).flatMap(({ from, name, isType }) => (from === file && !isType ? [name] : [])),
  ];
  const hidden = [...new Set(needed)].filter((name) => !names.get(name)?.isExported);
  const tail = hidden.length > 0 ? `\nexport { ${hidden.join(', ')} };\n` : '';
  return `import { recorder as $recorder } from '${path}';${told}${tail}`;
}
