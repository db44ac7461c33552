// `--backend webgpu` as a user meets it: with a GPU (played by the processor), without a package, without a driver.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { jsonLines, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { needsGpu } from './adapter.ts';
import { noDriver, ways, webgpuModule } from './software-gpu.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = writeSmallRatings(temporaryFolder());
const run = ['--data', data, '--rounds', '4', '--evaluate-every', '2', '--factors', '4', '--json'];
const webgpu = { FEDTLREC_WEBGPU: fileURLToPath(webgpuModule) };

function runWith(variables: Record<string, string>, ...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/cli.ts', ...words], {
    cwd: root,
    env: { ...process.env, ...variables },
  });
  const outcome = { code: null as number | null, stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    outcome.stdout += text;
  });
  child.stderr.on('data', (text) => {
    outcome.stderr += text;
  });
  return new Promise<typeof outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...outcome, code }));
  });
}

/** The figures that do not depend on the moment. */
function figuresOf(stdout: string) {
  const { test: figures, validation, digest, mix } = jsonLines(stdout).at(-1);
  return { figures, validation, digest, mix };
}

test('train on a GPU gives the figures of the processor, and says that it was one', needsGpu, async (t) => {
  const onProcessor = await runWith({}, 'train', ...run);
  for (const { name, variables, flags, isPossible } of ways) {
    if (!isPossible) continue;
    const allowed = { FEDTLREC_WEBGPU_SOFTWARE: '1', FEDTLREC_WEBGPU_FLAGS: flags.join(',') };
    const onGpu = await runWith(
      { ...webgpu, ...allowed, ...variables },
      'train',
      ...run,
      '--backend',
      'webgpu',
    );
    t.equal(onGpu.code, 0, name);
    t.equal(jsonLines(onGpu.stdout).at(-1).backend, 'webgpu', `${name} did it: ${onGpu.stderr}`);
    const [got, want] = [figuresOf(onGpu.stdout), figuresOf(onProcessor.stdout)];
    t.equal(got.digest, want.digest, `${name}: the same model`);
    t.ok(Math.abs(got.figures.hr10 - want.figures.hr10) <= 0.005, `${name}: HR@10 ${got.figures.hr10}`);
  }
});

test('without a GPU, one line says why and the result is that of the processor', needsGpu, async (t) => {
  const words = ['train', ...run, '--backend', 'webgpu'];
  const onProcessor = figuresOf((await runWith({}, 'train', ...run)).stdout);
  const cases = {
    'optional package webgpu is not installed': { FEDTLREC_WEBGPU: '' },
    'FEDTLREC_WEBGPU does not load': { FEDTLREC_WEBGPU: '/nonexistent/index.js' },
    'finds no adapter on this machine': { ...webgpu, ...noDriver },
  };
  for (const [reason, variables] of Object.entries(cases)) {
    const { code, stdout, stderr } = await runWith(variables, ...words);
    t.equal(code, 0, reason);
    t.match(stderr, new RegExp(`^fedtlrec: --backend webgpu: .*${reason}.*\\n$`), 'one line');
    t.deepEqual(figuresOf(stdout), onProcessor, 'the same result');
    t.equal(jsonLines(stdout).at(-1).backend, 'simd', 'and the report says who did it');
  }
});

test('compare says it once for all recipes', async (t) => {
  const words = ['compare', ...run, '--backend', 'webgpu', '--recipes', 'fedtlrec,without-attention'];
  const { code, stderr } = await runWith({ FEDTLREC_WEBGPU: '/nonexistent/index.js' }, ...words);
  t.equal(code, 0);
  t.match(stderr, /^fedtlrec: --backend webgpu: [^\n]*\n$/);
});
