// What only a process of its own can show: that it ends by itself, survives the garbage collector, and finds no driver.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { needsGpu } from './adapter.ts';
import { noDriver } from './software-gpu.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(words: readonly string[], variables: Record<string, string> = {}) {
  const options = { cwd: root, env: { ...process.env, ...variables }, timeout: 300_000 };
  return new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', ...words], options, (error, stdout) => {
      resolve({ code: error ? (error.signal ?? error.code) : 0, stdout });
    });
  });
}

test('a process survives forced garbage collection and ends by itself', needsGpu, async (t) => {
  const { code, stdout } = await run(['--expose-gc', 'test/webgpu/programs/refresh-under-gc.ts']);
  t.equal(code, 0);
  t.match(stdout, /sixty refreshes/);
});

test('where no driver is installed, openGpu gives the reason', needsGpu, async (t) => {
  const { code, stdout } = await run(['test/webgpu/programs/no-driver.ts'], noDriver);
  t.equal(code, 0);
  t.match(stdout, /WebGPU finds no adapter on this machine/, stdout);
});
