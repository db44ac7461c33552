import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { decodeTrace } from '../../lib/trace/trace-file.ts';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const quick = ['train', '--data', data, '--rounds', '4', '--evaluate-every', '2', '--factors', '4', '--json'];

test('train --trace writes what the run has printed, threads or not, and the digest stays', async (t) => {
  const digests: string[] = [];
  for (const workers of ['0', '2']) {
    const file = join(folder, `run-${workers}.trace`);
    writeFileSync(file, 'an older trace is replaced');
    const { code, stdout, stderr } = await runHere([...quick, '--workers', workers, '--trace', file]);
    t.deepEqual([code, stderr], [0, '']);
    const lines = jsonLines(stdout);
    const rows = lines.slice(0, -1);
    const trace = decodeTrace(readFileSync(file));
    t.deepEqual(
      trace.rounds.map(({ loss, bytesUp, megabytes }) => [loss, bytesUp, megabytes]),
      rows.map(({ loss, bytesUpPerClient, megabytesPerClient }) => [
        loss,
        bytesUpPerClient,
        megabytesPerClient,
      ]),
    );
    t.deepEqual(
      trace.rounds.map(({ evaluation }) => evaluation?.validation),
      rows.map(({ validation }) => validation),
    );
    t.equal(trace.about.ids[0], '001', 'ids as they stand in the data');
    digests.push(lines.at(-1).digest);
  }
  const plain = await runHere(quick);
  digests.push(jsonLines(plain.stdout).at(-1).digest);
  t.equal(new Set(digests).size, 1, 'the same run in all cases');
  t.notOk(
    readdirSync(folder).some((name) => name.includes('partial')),
    'nothing half-written stays',
  );
});

test('a trace that cannot be written is told before any work is done', async (t) => {
  const belowFile = await runHere([...quick, '--trace', join(data, 'run.trace')]);
  t.deepEqual([belowFile.code, belowFile.stdout], [2, '']);
  t.match(belowFile.stderr, /^fedtlrec: --trace.* a part of its path is a file\n$/);
  const asFolder = await runHere([...quick, '--trace', folder]);
  t.match(asFolder.stderr, /^fedtlrec: --trace must name a file, .* is a folder\n$/);
});

test('a folder that a trace needs is made', async (t) => {
  const file = join(folder, 'not', 'yet', 'run.trace');
  const { code, stderr } = await runHere([...quick, '--trace', file]);
  t.deepEqual([code, stderr], [0, '']);
  t.equal(decodeTrace(readFileSync(file)).rounds.length, 4);
});
