// Rewrites the expected output beside each example, what the Markdown pages say that their code prints, and the tables of
// settings and of files, and the start page's first rounds.
// `npm run examples:update` for all of them, or with words to choose examples: `npm run examples:update -- kmeans`.
// Read the difference before you commit it: the tests believe what is written.
import { readFileSync, writeFileSync } from 'node:fs';
import { exampleNames, expectedFile, prototypeFiles, runExample } from '../examples/run.ts';
import { runSnippet, updateSnippets } from '../test/docs/markdown.ts';
import { updateFirstRun } from './first-run.ts';
import { updateGlossaryPage } from './glossary-page.ts';
import { updateOutputFiles } from './outputs/files-page.ts';
import { updateSettingsPage } from './settings-page.ts';

const words = process.argv.slice(2);
const names = exampleNames().filter(
  (name) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (names.length === 0) {
  console.error(`no example matches: ${words.join(' ')}`);
  process.exitCode = 1;
}
for (const name of names) {
  const { output, error } = await runExample(name);
  if (error === null) {
    writeFileSync(expectedFile(name), output);
    console.log(`wrote ${name}.expected.txt`);
  } else {
    console.error(`${name} failed: ${error}`);
    process.exitCode = 1;
  }
}
if (words.length === 0) {
  for (const file of prototypeFiles()) {
    const { output, error } = await runSnippet({ code: readFileSync(file, 'utf8') });
    if (error !== null) throw new Error(`${file} failed: ${error}`);
    writeFileSync(file.replace(/\.ts$/, '.expected.txt'), output);
  }
  await updateSnippets();
  updateSettingsPage();
  updateGlossaryPage();
  updateOutputFiles();
  await updateFirstRun();
}
