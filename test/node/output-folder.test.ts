import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { openOutputFolder } from '../../lib/node/output-folder.ts';
import { OutputPathError } from '../../lib/node/output-path.ts';

const root = mkdtempSync(join(tmpdir(), 'fedtlrec-output-'));
test.onFinish(() => rmSync(root, { recursive: true, force: true }));

test('an output folder appears complete, under its name, with its missing parents', async (t) => {
  const path = join(root, 'a', 'b', 'run');
  const folder = await openOutputFolder(path);
  writeFileSync(join(folder.temporary, 'run.json'), '{}');
  t.notOk(existsSync(path), 'not before it is published');
  await folder.publish();
  t.deepEqual(readdirSync(path), ['run.json']);
  t.deepEqual(readdirSync(join(root, 'a', 'b')), ['run'], 'nothing temporary stays');
  await folder.discard();
  t.ok(existsSync(path), 'a published folder is not discarded');
});

test('a discarded folder leaves nothing, but what others wrote beside it stays', async (t) => {
  const alone = await openOutputFolder(join(root, 'c', 'd', 'run'));
  await alone.discard();
  t.notOk(existsSync(join(root, 'c')), 'the parents that were made are gone');
  const first = await openOutputFolder(join(root, 'e', 'first'));
  const second = await openOutputFolder(join(root, 'e', 'second'));
  await second.publish();
  await first.discard();
  t.deepEqual(readdirSync(join(root, 'e')), ['second']);
});

test('an empty folder may be used, any other entry of that name may not', async (t) => {
  const path = join(root, 'empty');
  mkdirSync(path);
  const folder = await openOutputFolder(path);
  writeFileSync(join(folder.temporary, 'run.json'), '{}');
  await folder.publish();
  t.deepEqual(readdirSync(path), ['run.json'], 'an empty folder');
  const refused = async (wanted: string, rule: RegExp) => {
    try {
      await openOutputFolder(wanted);
      t.fail('must be refused');
    } catch (error) {
      t.ok(error instanceof OutputPathError, 'an OutputPathError');
      t.match((error as Error).message, rule);
    }
  };
  await refused(path, /must be empty, it holds "run\.json"/);
  await refused(join(path, 'run.json'), /is a file/);
  await refused(join(path, 'run.json', 'below'), /a part of its path is a file/);
});

test('a folder that somebody filled in the meantime is not overwritten', async (t) => {
  const path = join(root, 'late');
  const folder = await openOutputFolder(path);
  mkdirSync(path);
  writeFileSync(join(path, 'theirs.txt'), 'precious');
  await folder.publish().then(
    () => t.fail('must be refused'),
    (error) => t.match(error.message, /must be empty, it holds "theirs\.txt"/),
  );
  await folder.discard();
  t.deepEqual(readdirSync(path), ['theirs.txt']);
});

test('what a killed process left is removed, what a living one writes is not', async (t) => {
  const gone = spawnSync(process.execPath, ['--version']).pid; // has ended
  const parent = join(root, 'killed');
  mkdirSync(join(parent, `.run.partial-${gone}`), { recursive: true });
  mkdirSync(join(parent, `.run.partial-${process.ppid}`));
  mkdirSync(join(parent, `.other.partial-${gone}`));
  const folder = await openOutputFolder(join(parent, 'run'));
  await folder.publish();
  t.deepEqual(readdirSync(parent), [`.other.partial-${gone}`, `.run.partial-${process.ppid}`, 'run'].sort());
});
