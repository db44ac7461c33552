import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { completeSettings } from '../../lib/federated/settings.ts';
import { CheckpointError, expectSameRun, loadCheckpoint, saveCheckpoint } from '../../lib/node/checkpoint.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import type { TrainingState } from '../../lib/training/run-result.ts';
import { bundledProgram } from '../compiled.ts';

const script = bundledProgram('test/node/killed-run.ts');
const identity = { recipe: 'fedtlrec', settings: completeSettings(), split: 'abc', backend: 'simd' };

/** When a run is killed: so many checkpoints and then so many milliseconds after its start. */
interface Doom {
  readonly checkpoints: number;
  readonly patience: number;
}

/** Runs the script; kills it if it is doomed, or lets it end. */
function run(folder: string, doom?: Doom): Promise<string> {
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  let isDoomed = false;
  child.stdout.on('data', (bytes) => {
    printed += bytes;
    if (!doom || isDoomed || printed.split('saved').length <= doom.checkpoints) return;
    isDoomed = true;
    setTimeout(() => child.kill('SIGKILL'), doom.patience);
  });
  return new Promise((resolve) => {
    child.on('close', () => resolve(printed));
  });
}

async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fedtlrec-checkpoint-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stateAfter(round: number): TrainingState {
  const arrays = { itemTable: Float32Array.of(round, 2, 3), serverSteps: Uint32Array.of(round) };
  const record = {
    curve: [],
    rounds: round,
    messages: 1,
    rejected: 0,
    bytesUp: 2,
    bytesDown: 3,
    bytesOnce: 4,
  };
  return { round, arrays, bestArrays: { itemTable: Float32Array.of(9, 9, 9) }, record };
}

test('a run that is killed five times ends with the digest of the undisturbed one', async (t) => {
  await inTemporaryFolder(async (folder) => {
    const undisturbed = await run(join(folder, 'undisturbed'));
    const rng = randomStream(1, 'kill');
    const starts: number[] = [];
    let last = '';
    for (let kill = 0; kill < 5; kill++) {
      const doom = { checkpoints: 1 + rng.integer(4), patience: rng.integer(8) };
      last = await run(join(folder, 'killed'), doom);
      starts.push(Number(/from (\d+)/.exec(last)?.[1]));
      if (last.includes('digest')) break;
    }
    if (!last.includes('digest')) last = await run(join(folder, 'killed'));
    t.ok(starts.length === 5 && starts.at(-1)! > 0, `it went on from rounds ${starts.join(', ')}`);
    t.equal(last.split('\n').at(-2), undisturbed.split('\n').at(-2), 'same digest, same figures');
  });
});

test('a damaged checkpoint is refused with the reason, and the one before it is used', async (t) => {
  await inTemporaryFolder(async (folder) => {
    for (const round of [5, 10, 15]) await saveCheckpoint(folder, stateAfter(round), identity);
    const names = (await readdir(folder)).sort();
    t.deepEqual(names, ['round-00000010.checkpoint', 'round-00000015.checkpoint'], 'two are kept');
    const newest = join(folder, names[1]!);
    const bytes = await readFile(newest);
    const damage: [string, Uint8Array][] = [
      ['cut', bytes.subarray(0, bytes.length - 7)],
      ['empty', new Uint8Array(0)],
    ];
    for (const at of [3, 40, bytes.length - 9]) {
      const flipped = Uint8Array.from(bytes);
      flipped[at]! ^= 16;
      damage.push([`bit of byte ${at} flipped`, flipped]);
    }
    for (const [how, damaged] of damage) {
      await writeFile(newest, damaged);
      const refused: string[] = [];
      const { state } = await loadCheckpoint(folder, (reason) => refused.push(reason));
      t.equal(state.round, 10, how);
      t.match(refused.join('\n'), /round-00000015\.checkpoint: ./, refused.join('\n'));
    }
    await writeFile(newest, bytes);
    const { state, identity: saved } = await loadCheckpoint(folder, () =>
      t.fail('nothing is damaged any more'),
    );
    t.deepEqual([state, saved], [stateAfter(15), identity], 'whole again: everything comes back');
  });
});

test('a checkpoint that is older than a metric is read, unless it lacks the one that rounds are chosen by', async (t) => {
  await inTemporaryFolder(async (folder) => {
    const figures = { hr10: 0.5, ndcg10: 0.25, fullHr10: 0.125, fullNdcg10: 0.1 };
    const save = (means: object) => {
      const validation = { ...means, users: 1, standardErrors: { ...means, hr10: Number.NaN } };
      const curve = [{ round: 5, mix: 0, validation }] as unknown as TrainingState['record']['curve'];
      const state = stateAfter(5);
      return saveCheckpoint(folder, { ...state, record: { ...state.record, curve } }, identity);
    };
    await save(figures);
    const { validation } = (await loadCheckpoint(folder, t.fail)).state.record.curve[0]!;
    t.deepEqual(
      { ...validation, mrr10: 0, standardErrors: 0 },
      { ...figures, mrr10: 0, users: 1, standardErrors: 0 },
    );
    t.ok(Number.isNaN(validation.mrr10), 'what was not measured then is not a number');
    t.ok(Number.isNaN(validation.standardErrors.hr10), 'and neither is what JSON writes as null');
    const { ndcg10, ...others } = figures;
    t.equal(ndcg10, 0.25);
    await save(others);
    const refused: string[] = [];
    await loadCheckpoint(folder, (reason) => refused.push(reason)).catch(() => {});
    t.match(refused.join(), /round 5 has no NDCG@10, by which the best round is chosen/);
  });
});

test('a folder without a whole checkpoint is an error, and half-written files do not count', async (t) => {
  await inTemporaryFolder(async (folder) => {
    await saveCheckpoint(folder, stateAfter(5), identity);
    await cp(join(folder, 'round-00000005.checkpoint'), join(folder, 'round-00000009.checkpoint.part'));
    t.equal((await loadCheckpoint(folder, () => {})).state.round, 5);
    await writeFile(join(folder, 'round-00000005.checkpoint'), 'nonsense');
    const error = await loadCheckpoint(folder, () => {}).catch((reason: unknown) => reason);
    t.ok(error instanceof CheckpointError && /no usable checkpoint/.test(error.message), String(error));
  });
});

test('a run goes on only as what it was; more rounds are welcome', (t) => {
  const other = { ...identity, settings: { ...identity.settings, factors: 8 } };
  t.throws(() => expectSameRun(identity, other), /belongs to factors 16, not 8/);
  t.throws(() => expectSameRun(identity, { ...identity, split: 'xyz' }), /belongs to other data/);
  t.throws(() => expectSameRun(identity, { ...identity, recipe: 'fedmf' }), /recipe fedtlrec, not fedmf/);
  const longer = { ...identity, settings: { ...identity.settings, rounds: 500 } };
  t.doesNotThrow(() => expectSameRun(identity, longer), 'more rounds');
  t.end();
});
