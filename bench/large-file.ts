// How long a file of the size of MovieLens-25M takes to read, and in how much memory: 25 million invented lines, plain and as
// `.gz`, read in a process of their own. Run: npx tsx bench/large-file.ts [lines]
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { randomStream } from '../lib/numeric/rng.ts';

const here = fileURLToPath(import.meta.url);

if (process.argv[2] === 'read') await readOnce(process.argv[3]!);
else await measure(Number(process.argv[2] ?? 25_000_095));

async function readOnce(path: string): Promise<void> {
  const begin = performance.now();
  const { ratings, report } = await readRatingsFile(path);
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const processor = (process.cpuUsage().user / 1e6).toFixed(0);
  const kept = [ratings.itemOf, ratings.values, ratings.times!, ratings.offsets];
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const result = megabytes(kept.reduce((sum, array) => sum + array.byteLength, 0));
  const peak = megabytes(process.resourceUsage().maxRSS * 1024);
  const counts = `${ratings.users.length} users, ${ratings.items.length} items, ${report.lines - 1} lines`;
  console.log(
    `${counts}: ${seconds} s (${processor} s of the processor), peak memory ${peak} MB, of which the ratings are ${result} MB`,
  );
}

async function measure(lines: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-large-'));
  try {
    for (const name of ['ratings.csv', 'ratings.csv.gz']) {
      const path = join(folder, name);
      const out = createWriteStream(path);
      if (name.endsWith('.gz')) await pipeline(pieces(lines), createGzip({ level: 1 }), out);
      else await pipeline(pieces(lines), out);
      console.log(`${name}, ${Math.round(statSync(path).size / 1e6)} MB`);
      const words = [...process.execArgv, here, 'read', path];
      spawnSync(process.execPath, words, { stdio: 'inherit' });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lines like those of MovieLens-25M: 162,541 users and 59,047 films, each user's lines together, in pieces of text. */
function* pieces(lines: number): Generator<string> {
  const rng = randomStream(1, 'large file');
  let piece = 'userId,movieId,rating,timestamp\n';
  for (let line = 0; line < lines; line++) {
    const user = 1 + Math.floor((line * 162_541) / lines);
    const item = 1 + Math.floor(59_047 * rng.uniform() ** 3);
    piece += `${user},${item},${0.5 + rng.integer(10) / 2},${1_000_000_000 + rng.integer(500_000_000)}\n`;
    if (piece.length > 1e5) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}
