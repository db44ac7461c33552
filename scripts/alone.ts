// Makes the import paths that stand alone: each one file without an import, and without code from strings.
// In: lib/prototyping/NAME.ts; out: JavaScript with a source map that leads to lib/, ndarray replaced by
// lib/prototyping/strided.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The names of package.json's paths that stand alone. */
export const aloneNames = ['kmeans', 'lora', 'attention'] as const;

const withoutNdarray: Plugin = {
  name: 'without-ndarray',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ndarray$/ }, () => ({ path: 'ndarray', namespace: 'strided' }));
    onLoad({ filter: /.*/, namespace: 'strided' }, () => ({
      contents: "export { stridedView as default } from './lib/prototyping/strided.ts';",
      resolveDir: root,
    }));
  },
};

/** Bundles the paths that stand alone into a folder; returns what it wrote. */
export async function bundleAlone(folder: string): Promise<string[]> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: aloneNames.map((name) => join(root, `lib/prototyping/${name}.ts`)),
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    sourcemap: true,
    sourcesContent: false,
    plugins: [withoutNdarray],
    write: false,
    logLevel: 'error',
  });
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  return outputFiles.map(({ path }) => path);
}
