// numpy in a process of its own, held to one thread: it times itself, in turn with the JavaScript contenders.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Absent, Contender } from './bench.ts';

export interface Numpy {
  readonly name: string;
  /** The product of random float32 matrices [rows, inner] and [inner, columns]. */
  product(shape: readonly [number, number, number]): Contender;
  close(): void;
}

const threadSettings = [
  'OPENBLAS_NUM_THREADS',
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
];

/** Starts python3 with numpy, if this machine has both. */
export async function openNumpy(): Promise<Numpy | Absent> {
  const child = spawn('python3', [fileURLToPath(new URL('time_numpy.py', import.meta.url))], {
    env: { ...process.env, ...Object.fromEntries(threadSettings.map((name) => [name, '1'])) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => {}); // no python3: the lines below end at once
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const greeting = await lines.next();
  if (greeting.done) return { name: 'numpy', reason: 'python3 with numpy is not here' };
  const { version } = JSON.parse(greeting.value) as { version: string };
  const name = `numpy ${version}`;
  return {
    name,
    product: ([rows, inner, columns]) => ({
      name,
      async seconds(repetitions) {
        child.stdin.write(`${JSON.stringify({ rows, inner, columns, repetitions })}\n`);
        const answer = await lines.next();
        if (answer.done) throw new Error('numpy ended before it answered');
        return (JSON.parse(answer.value) as { seconds: number }).seconds;
      },
    }),
    close: () => child.stdin.end(),
  };
}
