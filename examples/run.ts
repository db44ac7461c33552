// Finds the examples and runs one as a reader would, for the test and for the script that keeps the expected outputs.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';

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

/** What is printed on stdout; or what went wrong, if it did not end well. */
export interface Printed {
  readonly output: string;
  readonly error: string | null;
}

/**
 * What an example prints. It runs in this process, in which the library is loaded once for all of them; `whole`, which is a
 * program only when it is called by its name, in a process of its own.
 */
export function runExample(name: string): Promise<Printed> {
  const file = join(folder, `${name}.ts`);
  return name === 'whole' ? printedByProcess(file) : printedBy(() => import(pathToFileURL(file).href));
}

/** What `console.log` is told while the work is done; what `console.error` is told is dropped. */
export async function printedBy(work: () => Promise<unknown>): Promise<Printed> {
  const { log, error: warn } = console;
  let output = '';
  console.log = (...values: unknown[]) => {
    output += `${format(...values)}\n`;
  };
  console.error = () => {};
  try {
    await work();
    return { output, error: null };
  } catch (error) {
    return { output, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    Object.assign(console, { log, error: warn });
  }
}

function printedByProcess(file: string): Promise<Printed> {
  const limits = { timeout: 600_000, maxBuffer: 2 ** 20 };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', file], limits, (error, stdout, stderr) => {
      resolve({ output: stdout, error: error ? stderr || error.message : null });
    });
  });
}
