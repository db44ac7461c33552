// Finds the examples and runs one as a reader would, for the test and for the script that keeps the expected outputs.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The names of the numbered examples, such as `04-lloyd`, in teaching order. */
export function numberedExampleNames(): string[] {
  return readdirSync(folder)
    .filter((file) => /^\d\d-.*\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** The names of all examples: the whole algorithm in one file, then the numbered ones. */
export function exampleNames(): string[] {
  return ['whole', ...numberedExampleNames()];
}

/** The prototypes: short programs on the installed package, one file each. */
export function prototypeFiles(): string[] {
  const prototypes = join(folder, 'prototypes');
  return readdirSync(prototypes)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(prototypes, file));
}

/** Where an example's expected output stands. */
export function expectedFile(name: string): string {
  return join(folder, `${name}.expected.txt`);
}

/** What an example prints on stdout; or what went wrong, if it did not end well. */
export function runExample(name: string): Promise<{ output: string; error: string | null }> {
  const limits = { timeout: 60_000, maxBuffer: 2 ** 20 };
  const words = ['--import', 'tsx', join(folder, `${name}.ts`)];
  return new Promise((resolve) => {
    execFile(process.execPath, words, limits, (error, stdout, stderr) => {
      resolve({ output: stdout, error: error ? stderr || error.message : null });
    });
  });
}
