import { readFileSync } from 'node:fs';
import test from 'tape';

const lib = new URL('../../lib/', import.meta.url);

/** The files below lib/ that a file runs, itself included: imports of types run nothing. */
function runBy(file: string): Set<string> {
  const found = new Set<string>();
  const visit = (url: URL) => {
    const path = url.href.slice(lib.href.length);
    if (found.has(path)) return;
    found.add(path);
    const imports = readFileSync(url, 'utf8').matchAll(
      /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gm,
    );
    for (const [, target] of imports) visit(new URL(target!, url));
  };
  visit(new URL(file, lib));
  return found;
}

test('what the server runs has no way to ratings, and what a client runs has none to the sums', (t) => {
  const server = runBy('federated/server-side.ts');
  const client = runBy('federated/client-side.ts');
  t.ok(server.has('federated/wire.ts') && client.has('federated/wire.ts'), 'both run the wire');
  const touching = [...server].filter((file) => /^data\/|client-side|recency/.test(file));
  t.deepEqual(touching, [], 'the server draws no samples and knows of no states');
  t.ok(client.has('data/ratings.ts'), 'while the client reads its own ratings');
  const merging = [...client].filter((file) => /server|update-sum|tokens|aggregator/.test(file));
  t.deepEqual(merging, [], 'the client merges nothing');
  t.end();
});
