import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import type { Outputs } from '../../lib/cli/outputs.ts';
import { seedFolder } from '../../lib/cli/seed-folder.ts';

test('a recipe has a folder, or one a seed where there are several; nothing is made where nothing is kept', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'fedtlrec-seed-folder-'));
  try {
    const tried: string[] = [];
    const outputs = (folder: object | null) =>
      ({
        folder,
        async attempt(what: string, write: () => Promise<void>) {
          tried.push(what);
          await write();
        },
      }) as unknown as Outputs;
    const out = outputs({ path: 'out', temporary: place });
    const of = (seeds: number, kept = out) =>
      seedFolder(kept, { recipe: { name: 'fedmf' }, module: null } as never, { seed: 7 } as never, seeds);
    t.equal(await of(1), join(place, 'fedmf'));
    t.ok(existsSync(join(place, 'fedmf')) && !existsSync(join(place, 'fedmf', 'seed-7')));
    t.equal(await of(2), join(place, 'fedmf', 'seed-7'));
    t.ok(existsSync(join(place, 'fedmf', 'seed-7')));
    t.deepEqual(tried, ['the output folder out', 'the output folder out']);
    t.equal(await of(2, outputs(null)), null);
    t.equal(tried.length, 2);
  } finally {
    rmSync(place, { recursive: true });
  }
});
