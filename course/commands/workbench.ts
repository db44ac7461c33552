// `workbench`: the Workbench's files for the site, on the library's own dials, into docs/public/workbench.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadTasks } from '../kit/load.ts';
import { root } from '../kit/source.ts';
import { Workplace } from '../kit/workplace.ts';
import { hasEditor, workbenchFiles } from '../make/workbench.ts';

export async function workbench(
  words: readonly string[],
  out = `${root}docs/public/workbench`,
): Promise<void> {
  if (!hasEditor()) throw new Error('workbench: the editor is not installed: npm --prefix docs ci');
  const workplace = await Workplace.open();
  try {
    const files = await workbenchFiles(await loadTasks(words), workplace, {
      dialsOf: () => ({}),
      withLibrary: true,
    });
    rmSync(out, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), text);
    }
    console.log(`${files.size} files in ${out}`);
  } finally {
    workplace.close();
  }
}
