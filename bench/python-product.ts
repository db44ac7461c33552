// numpy, held to one thread, or PyTorch on a GPU, each in a process of its own: it times itself, in turn with the JavaScript
// contenders.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Absent, Contender } from './bench.ts';

export interface PythonProduct {
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
export function openNumpy(): Promise<PythonProduct | Absent> {
  const oneThread = Object.fromEntries(threadSettings.map((name) => [name, '1']));
  return openPython('time_numpy.py', oneThread, { name: 'numpy', reason: 'python3 with numpy is not here' });
}

/** Starts python3 with PyTorch and a GPU that CUDA knows, if this machine has them. */
export function openTorch(): Promise<PythonProduct | Absent> {
  return openPython(
    'time_torch.py',
    {},
    { name: 'PyTorch', reason: 'python3 with PyTorch and CUDA is not here' },
  );
}

async function openPython(
  script: string,
  variables: Record<string, string>,
  absent: Absent,
): Promise<PythonProduct | Absent> {
  const child = spawn('python3', [fileURLToPath(new URL(script, import.meta.url))], {
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => {}); // no python3: the lines below end at once
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const greeting = await lines.next();
  if (greeting.done) return absent;
  const { version } = JSON.parse(greeting.value) as { version: string };
  const name = `${absent.name} ${version}`;
  return {
    name,
    product: ([rows, inner, columns]) => ({
      name,
      async seconds(repetitions) {
        child.stdin.write(`${JSON.stringify({ rows, inner, columns, repetitions })}\n`);
        const answer = await lines.next();
        if (answer.done) throw new Error(`${name} ended before it answered`);
        return (JSON.parse(answer.value) as { seconds: number }).seconds;
      },
    }),
    close: () => child.stdin.end(),
  };
}
