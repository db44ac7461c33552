// Plain JavaScript on the installed package: the root and every sub-path.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fedtlrec from 'fedtlrec';
import { kmeans } from 'fedtlrec/kmeans';
import { fromRows } from 'fedtlrec/matrix';
import { randomStream } from 'fedtlrec/random';

const points = fromRows([
  [0, 0],
  [0, 1],
  [9, 9],
  [9, 8],
]);
const { labels } = kmeans(points, { clusters: 2, rng: randomStream(1) });
assert.equal(labels[0], labels[1]);
assert.notEqual(labels[0], labels[2]);

const { ratings } = fedtlrec.syntheticRatings({ users: 40, items: 50, meanRatings: 10 });
const result = await fedtlrec.train(fedtlrec.fedtlrec, fedtlrec.leaveOneOut(ratings), {
  settings: { rounds: 2, evaluateEvery: 2 },
});
assert.match(result.digest, /^[0-9a-f]{64}$/);

const manifest = new URL(import.meta.resolve('fedtlrec/package.json'));
const { exports } = JSON.parse(readFileSync(fileURLToPath(manifest), 'utf8'));
for (const path of Object.keys(exports).filter((name) => !name.endsWith('.json'))) {
  const names = Object.keys(await import(path.replace(/^\./, 'fedtlrec')));
  assert.ok(names.length > 0, `${path} exports something`);
}
