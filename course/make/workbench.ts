// The Workbench as files of a site: the editor, loaded when it is asked for, and for each task its data, the thread of its
// checks and the thread of its training. Nothing in them holds a body of the task's own functions.
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import type { TaskFolder } from '../kit/load.ts';
import { bundle, checkSocket, plugSocket } from '../kit/socket.ts';
import { root } from '../kit/source.ts';
import { numberOf, studentFile } from '../kit/stub.ts';
import type { Dials } from '../kit/task.ts';
import type { Workplace } from '../kit/workplace.ts';
import { runPlug } from '../student/plug.ts';
import { libraryProgram, libraryText } from './library-steps.ts';
import { expectNoHidden, VISIBLE_SEED, visibleAnswers, withoutEdits } from './student.ts';

export interface WorkbenchOptions {
  dialsOf(folder: TaskFolder): Dials;
  readonly term?: string;
  /** Whether the library's own functions can be stepped through, with their text: on its own site, never for students. */
  readonly withLibrary?: boolean;
}

/** Whether the editor's packages are installed, which stand with the site's. */
export function hasEditor(): boolean {
  return existsSync(`${root}docs/node_modules/codemirror`);
}

/** Files below a folder that the site serves as `workbench/`. */
export async function workbenchFiles(
  folders: readonly TaskFolder[],
  workplace: Workplace,
  { dialsOf, term, withLibrary = false }: WorkbenchOptions,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  files.set('workbench.js', await scriptOf('docs/workbench/main.ts', 'esm'));
  const checker = await scriptOf('course/workbench/check-worker.ts', 'iife');
  const plugger = await scriptOf('course/workbench/plug-worker.ts', 'iife');
  const stepper = await scriptOf('course/workbench/step-worker.ts', 'iife');
  if (withLibrary) for (const [path, text] of await libraryFiles(folders)) files.set(path, text);
  for (const folder of folders) {
    const { task } = folder;
    const dials = dialsOf(folder);
    const plug = await plugSocket([task], task.plug ?? 'training');
    const reference = { name: `${task.id}.ts`, text: studentFile(task, { bodies: 'kept', dials }) };
    const { mine } = await runPlug(plug.code, new Map([[task.id, reference]]));
    files.set(`tasks/${task.id}.js`, await taskModule(folder, dials, workplace, term));
    const socket = (await checkSocket(task, true)).code;
    files.set(`workers/${task.id}.js`, `${socket}\n${checker}`);
    files.set(`steps/${task.id}.js`, `${socket}\n${stepper}`);
    files.set(`plugs/${task.id}.js`, `${plug.code}\nvar library = ${JSON.stringify(mine)};\n${plugger}`);
  }
  files.set('index.html', page(folders));
  return files;
}

/** A page's program that steps through the library, and for each task the library's text and the thread that runs it. */
async function libraryFiles(folders: readonly TaskFolder[]): Promise<Map<string, string>> {
  const worker = await scriptOf('course/workbench/library-worker.ts', 'iife');
  const files = new Map([['library.js', await scriptOf('course/workbench/library-view.ts', 'esm')]]);
  for (const { task } of folders) {
    files.set(`library/${task.id}.js`, `export const text = ${JSON.stringify(libraryText(task))};\n`);
    files.set(`library/${task.id}-worker.js`, `${await libraryProgram(task)}\n${worker}`);
  }
  return files;
}

async function taskModule(
  folder: TaskFolder,
  dials: Dials,
  workplace: Workplace,
  term?: string,
): Promise<string> {
  const { task, hidden, hints } = folder;
  const known = {
    task: withoutEdits(task),
    number: numberOf(task),
    hidden: hidden.length,
    dials,
    answers: await visibleAnswers(folder, dials, workplace),
    hints,
    seed: VISIBLE_SEED,
    stub: studentFile(task, { bodies: 'cut', dials, ...(term !== undefined && { term }) }),
  };
  const entry = `import { visible } from './course/tasks/${task.id}/checks.ts';
export const task = { ...${JSON.stringify(known)}, visible };`;
  const { code } = await bundle(entry, [task], { format: 'esm', isMinified: true });
  expectNoHidden(code, [folder]);
  return code;
}

async function scriptOf(name: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [root + name],
    bundle: true,
    write: false,
    format,
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
    nodePaths: [`${root}docs/node_modules`],
  });
  return outputFiles[0]!.text;
}

function page(folders: readonly TaskFolder[]): string {
  const options = folders.map(
    ({ task }) => `<option value="${task.id}">${numberOf(task)}: ${task.title}</option>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Workbench</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem }</style>
<h1>Workbench</h1>
<p><label>Task <select id="task">${options.join('')}</select></label></p>
<div id="workbench"></div>
<script type="module">
import { mount } from './workbench.js';
const choice = document.querySelector('#task');
const show = () => mount(document.querySelector('#workbench'), choice.value, new URL('./', location.href).href);
choice.addEventListener('change', show);
show();
</script>
</html>
`;
}
