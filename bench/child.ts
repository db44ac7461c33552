// Runs a file of this folder in a Node process of its own, so that its time, its processor time and its peak memory
// are its own: JSON in as the last argument, one line of JSON out.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Seconds of processor time that this process has taken so far: on a busy machine, a fairer clock than the wall's. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What a process needed. */
export interface Usage {
  readonly seconds: number;
  /** Of all its threads together. */
  readonly cpuSeconds: number;
  /** Largest resident memory, in MB (2²⁰ bytes). */
  readonly peakMb: number;
}

/** The answer of a file of this folder. */
export async function inChild<T>(file: string, request: object): Promise<T> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const loader = file.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const words = ['--max-old-space-size=4096', ...loader, path, JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T;
}

/** The request, in the child. */
export function readRequest<T>(): T {
  return JSON.parse(process.argv.at(-1)!) as T;
}

/** Measures in the child, from now on; the peak of memory counts everything before as well. */
export function startUsage(): () => Usage {
  const start = performance.now();
  const before = cpuSeconds();
  return () => ({
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: cpuSeconds() - before,
    peakMb: process.resourceUsage().maxRSS / 1024,
  });
}
