// The import paths that stand alone, on a page whose content security policy forbids code from strings and anything foreign.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { kmeans } from '../../lib/prototyping/kmeans.ts';
import { aloneNames, bundleAlone } from '../../scripts/alone.ts';
import { closeBrowser, needsBrowser, withPage } from './browser.ts';

const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:";
const program = `
import { kmeans, predictClusters, silhouette, toRows } from '/kmeans.js';
import { compress, expand, loraForward, loraLinear, mergeLora, reconstructionError, truncatedSvd } from '/lora.js';
import { scaledDotProductAttention, softmaxRows } from '/attention.js';
const points = [[0, 0], [0, 1], [9, 9], [8, 9]];
const clusters = kmeans(points, { clusters: 2, seed: 1, restarts: 3 });
const layer = loraLinear(points, { rank: 1, seed: 1 });
const asked = { queries: points, keys: points, values: points, mask: points.map(() => [1, 0, 1, 1]) };
let evalFails = false;
try { new Function('return 1')(); } catch { evalFails = true; }
globalThis.found = {
  evalFails,
  labels: [...clusters.labels],
  centroids: toRows(clusters.centroids),
  predicted: [...predictClusters([[1, 1]], clusters)],
  silhouette: silhouette(points, clusters.labels).mean,
  expanded: toRows(expand(compress(points, 2))),
  wide: toRows(truncatedSvd([[1, 2, 3]], 1).right),
  lost: reconstructionError(points, compress(points, 1)),
  forward: toRows(loraForward(layer, [[1, 2]])),
  merged: toRows(mergeLora(layer)),
  weights: toRows(scaledDotProductAttention(asked).weights),
  shares: toRows(softmaxRows([[0, 0]])),
};
document.body.dataset.done = 'yes';
document.body.append('done');
`;

test('kmeans, lora and attention work where code from strings is forbidden', needsBrowser(), async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-alone-'));
  await bundleAlone(folder);
  const served: Record<string, [string, string]> = {
    '/': [
      'text/html',
      '<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/page.js"></script>',
    ],
    '/page.js': ['text/javascript', program],
  };
  for (const name of aloneNames) {
    const code = readFileSync(join(folder, `${name}.js`), 'utf8');
    served[`/${name}.js`] = ['text/javascript', code];
    t.notOk(
      /^import |new Function|\beval\(/m.test(code),
      `${name} imports nothing and makes no code from strings`,
    );
  }
  const server = createServer((request, response) => {
    const [type, body] = served[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type, 'content-security-policy': policy });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForSelector('body[data-done]');
      const found = await page.evaluate(
        () => (globalThis as unknown as { found: Record<string, unknown> }).found,
      );
      t.equal(found.evalFails, true, 'the policy is in force');
      const points = [[0, 0], [0, 1], [9, 9], [8, 9]]; // biome-ignore format: points
      const own = kmeans(points, { clusters: 2, seed: 1, restarts: 3 });
      t.deepEqual(found.labels, [...own.labels], 'the labels are those of Node');
      t.deepEqual(found.predicted, [own.labels[0]]);
      t.ok((found.silhouette as number) > 0.8, 'silhouette');
      const expanded = found.expanded as number[][];
      t.ok(
        points.flat().every((value, at) => Math.abs(value - expanded.flat()[at]!) < 1e-12),
        'compress',
      );
      t.ok((found.lost as number) > 0 && (found.lost as number) < 0.2, 'reconstruction error');
      t.equal((found.wide as number[][])[0]!.length, 3, 'a wide matrix');
      t.deepEqual(found.merged, points, 'loraLinear, before it has learnt');
      t.deepEqual(found.forward, [points.map(([x, y]) => x! + 2 * y!)]);
      t.ok(
        (found.weights as number[][]).every(
          (row) => row[1] === 0 && Math.abs(row[0]! + row[2]! + row[3]! - 1) < 1e-12,
        ),
      );
      t.deepEqual(found.shares, [[0.5, 0.5]]);
      t.deepEqual(
        errors.filter((error) => !/unsafe-eval/.test(error)),
        [],
        'no other complaint',
      );
    });
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
    await closeBrowser();
  }
});
