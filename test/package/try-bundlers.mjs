// Builds a small program with four bundlers, the package outside the bundle and inside it, and runs what they made.
// `node try-bundlers.mjs PROJECT`, where the package and the bundlers are installed. Fails if a run ends otherwise than
// the program without a bundler does.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const project = resolve(process.argv[2]);
const require = createRequire(join(project, 'package.json'));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
process.chdir(project);

writeFileSync(
  'app.js',
  `import { fedtlrec, leaveOneOut, syntheticRatings, train } from 'fedtlrec';
import { threadsExecutor } from 'fedtlrec/simulator';
const split = leaveOneOut(syntheticRatings({ users: 40, items: 50, meanRatings: 8 }).ratings);
const settings = { rounds: 2, evaluateEvery: 2 };
const { digest } = await train(fedtlrec, split, { settings, executor: threadsExecutor(2) });
console.log(digest);
`,
);
writeFileSync('thread.js', `export * from 'fedtlrec/simulator/worker';\n`);
const both = { app: './app.js', worker: './thread.js' };

const esbuild = await load('esbuild');
const { rollup } = await load('rollup');
const { default: nodeResolve } = await load('@rollup/plugin-node-resolve');
const { default: commonjs } = await load('@rollup/plugin-commonjs');
const vite = await load('vite');
const { default: webpack } = await load('webpack');

const builds = {
  'esbuild, outside': (outdir) =>
    esbuild.build({ ...nodeBundle, entryPoints: { app: './app.js' }, outdir, packages: 'external' }),
  'esbuild, inside': (outdir) =>
    esbuild.build({ ...nodeBundle, entryPoints: both, outdir, splitting: true, external: ['piscina'] }),
  'rollup, outside': (dir) => withRollup({ input: { app: './app.js' }, external: [/^fedtlrec/] }, dir),
  'rollup, inside': (dir) =>
    withRollup({ input: both, external: ['piscina'], plugins: [nodeResolve(), commonjs()] }, dir),
  'vite, outside': (outDir) => withVite({ input: { app: './app.js' } }, {}, outDir),
  'vite, inside': (outDir) =>
    withVite({ input: both, external: ['piscina'] }, { ssr: { noExternal: ['fedtlrec'] } }, outDir),
  'webpack, outside': (path) =>
    withWebpack(
      {
        externals: [
          ({ request }, done) => done(null, /^fedtlrec/.test(request) ? `module ${request}` : undefined),
        ],
      },
      path,
    ),
  'webpack, inside': (path) =>
    withWebpack(
      { externals: { piscina: 'module piscina' }, module: { parser: { javascript: { url: false } } } },
      path,
    ),
};
const nodeBundle = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' };

async function withRollup(options, dir) {
  const bundle = await rollup({ ...options, onLog: () => {} });
  await bundle.write({ dir, format: 'es', entryFileNames: '[name].js' });
}

async function withVite(rollupOptions, more, outDir) {
  const output = { entryFileNames: '[name].js' };
  const build = { ssr: true, outDir, minify: false, rollupOptions: { ...rollupOptions, output } };
  await vite.build({ ...more, build, configFile: false, logLevel: 'error' });
}

function withWebpack(options, path) {
  const configuration = {
    ...options,
    ...{
      mode: 'production',
      target: 'node',
      entry: { app: './app.js' },
      experiments: { outputModule: true },
    },
    output: { path: resolve(path), filename: '[name].js', module: true, chunkFormat: 'module' },
    optimization: { minimize: false },
  };
  return new Promise((done, fail) => {
    webpack(configuration, (error, stats) => {
      if (error || stats.hasErrors()) fail(error ?? new Error(stats.toString('errors-only')));
      else done();
    });
  });
}

const run = (file) => execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 120_000 }).trim();
const wanted = run('app.js');
for (const [name, build] of Object.entries(builds)) {
  const folder = join('bundles', name.replace(', ', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await build(folder);
    const got = run(join(folder, 'app.js'));
    if (got !== wanted) throw new Error(`the digest is ${got}, and without a bundler ${wanted}`);
    console.log(`${name}: the same digest`);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
