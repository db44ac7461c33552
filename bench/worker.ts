// `npm run bench -- worker nats://HOST [--threads N]`: does runs of benchmarks for whoever asks with `--queue`.
import { explainError } from '../lib/cli/usage-error.ts';
import { runWorker } from '../lib/cli/worker.ts';
import { BENCH_POOL } from './in-order.ts';
import { versionWord } from './machine.ts';

export async function main([address = '', flag, count = '1']: readonly string[]): Promise<void> {
  const threads = Number(count);
  if (!address || (flag !== undefined && flag !== '--threads') || !Number.isInteger(threads) || threads < 1) {
    console.error('bench: worker nats://HOST [--threads N]');
    process.exitCode = 2;
    return;
  }
  try {
    await runWorker({
      ...{ address, threads, pool: BENCH_POOL, version: versionWord() },
      module: new URL('./job-thread-from-source.mjs', import.meta.url),
      say: (lines) => console.log(lines.join('\n')),
    });
  } catch (error) {
    const { line, exitCode } = explainError(error);
    console.error(`bench: ${line}`);
    process.exitCode = exitCode;
  }
}
