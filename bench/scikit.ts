// scikit-learn's K-means in a process of its own, held to one thread: it times itself, in turn with the others.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Matrix, rowMajorData } from '../lib/numeric/matrix.ts';
import type { Absent, Contender } from './bench.ts';

/** What a clustering came to. */
export interface Outcome {
  readonly labels: ArrayLike<number>;
  readonly iterations: number;
}

/** A way to cluster, and what it came to when it was last called. */
export interface Clusterer {
  readonly contender: Contender;
  /** Whether it assigns points once more when it stops at the cap, so that its labels are those of one more iteration. */
  readonly assignsOnceMore?: boolean;
  outcome(): Outcome;
}

export interface Scikit {
  prepare(points: Matrix, start: Matrix, maxIterations: number): Promise<Clusterer>;
  close(): void;
}

/** Starts python3 with scikit-learn, if this machine has both; FEDTLREC_PYTHON names another python. */
export async function openScikit(): Promise<Scikit | Absent> {
  const script = fileURLToPath(new URL('time_sklearn.py', import.meta.url));
  const child = spawn(process.env.FEDTLREC_PYTHON ?? 'python3', [script], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => {}); // no python3: the lines below end at once
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await lines.next();
    if (answer.done) throw new Error('scikit-learn ended before it answered');
    return JSON.parse(answer.value) as Outcome & { seconds: number };
  };
  const greeting = await lines.next();
  if (greeting.done) return { name: 'scikit-learn', reason: 'python3 with scikit-learn is not here' };
  const name = `scikit-learn ${(JSON.parse(greeting.value) as { version: string }).version}`;
  return {
    async prepare(points, start, maxIterations) {
      const request = { points: base64(points), shape: points.shape, start: base64(start) };
      await ask({ ...request, clusters: start.shape[0], iterations: maxIterations });
      let last: Outcome = { labels: [], iterations: 0 };
      const seconds = async (repetitions: number) => {
        const answer = await ask({ repetitions });
        last = answer;
        return answer.seconds;
      };
      return { contender: { name, seconds }, assignsOnceMore: true, outcome: () => last };
    },
    close: () => child.stdin.end(),
  };
}

function base64(values: Matrix): string {
  return Buffer.from(new Float64Array(rowMajorData(values)).buffer).toString('base64');
}
