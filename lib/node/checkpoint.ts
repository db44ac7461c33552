// Checkpoints: a run that is killed goes on where its last checkpoint left it, bit for bit.
// In: the training state between two rounds; out: a file that is complete or not there at all (temporary name, fsync,
// rename), with the run's identity and a checksum. Back: the newest file that is whole; a damaged one is named, with
// the reason, and the one before it is used.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../data/split.ts';
import { CRITERION, criterionLabel, metricsFrom } from '../evaluation/metrics.ts';
import type { StateArrays } from '../federated/memory.ts';
import { completeSettings, type Settings } from '../federated/settings.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../numeric/safetensors.ts';
import type { CurvePoint, RecordState, TrainingState } from '../training/run-result.ts';

/** What a checkpoint belongs to; a run may only be continued as what it was. */
export interface RunIdentity {
  readonly recipe: string;
  readonly settings: Settings;
  /** Fingerprint of the split, see `splitDigest`. */
  readonly split: string;
  readonly backend: string;
}

/** No usable checkpoint; `message` says why. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const VERSION = '1';
/** Number of files kept: should the newest be damaged, there is one before it. */
const KEPT = 2;
const filePattern = /^round-(\d{8})\.checkpoint$/;

/** SHA-256 of who trains on what and what is held out. */
export function splitDigest({ train, validation, test }: Split): string {
  const hash = createHash('sha256');
  for (const values of [train.offsets, train.itemOf, validation, test]) hash.update(bytesOf(values));
  return hash.digest('hex');
}

/** Writes a checkpoint into `folder` and removes old ones. */
export async function saveCheckpoint(
  folder: string,
  state: TrainingState,
  identity: RunIdentity,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tensors = { ...named('state', state.arrays), ...named('best', state.bestArrays) };
  const description = JSON.stringify({ round: state.round, identity, record: state.record });
  const checksum = checksumOf(tensors, description);
  const bytes = encodeSafetensors({ tensors, metadata: { version: VERSION, description, checksum } });
  const path = join(folder, `round-${String(state.round).padStart(8, '0')}.checkpoint`);
  const file = await open(`${path}.part`, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
  const old = (await checkpointFiles(folder)).slice(KEPT);
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

/**
 * Reads the newest checkpoint that is whole.
 *
 * @param onRefused called for every newer file that is not, with the reason
 * @throws CheckpointError if there is none
 */
export async function loadCheckpoint(
  folder: string,
  onRefused: (reason: string) => void,
): Promise<{ state: TrainingState; identity: RunIdentity }> {
  for (const name of await checkpointFiles(folder)) {
    try {
      return parse(await readFile(join(folder, name)));
    } catch (error) {
      onRefused(`${join(folder, name)}: ${(error as Error).message}`);
    }
  }
  throw new CheckpointError(`${folder} holds no usable checkpoint`);
}

/**
 * @throws CheckpointError naming what differs between the checkpoint and the run that wants to continue it
 */
export function expectSameRun(saved: RunIdentity, wanted: RunIdentity): void {
  for (const name of ['recipe', 'backend', 'split'] as const) {
    if (saved[name] !== wanted[name]) {
      const what = name === 'split' ? 'other data' : `${name} ${saved[name]}, not ${wanted[name]}`;
      throw new CheckpointError(`the checkpoint belongs to ${what}`);
    }
  }
  for (const name of Object.keys(wanted.settings) as (keyof Settings)[]) {
    if (name !== 'rounds' && saved.settings[name] !== wanted.settings[name]) {
      throw new CheckpointError(
        `the checkpoint belongs to ${name} ${saved.settings[name]}, not ${wanted.settings[name]}`,
      );
    }
  }
}

function parse(bytes: Uint8Array): { state: TrainingState; identity: RunIdentity } {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.version !== VERSION)
    throw new CheckpointError(`version ${metadata.version} is not ${VERSION}`);
  const { description = '', checksum } = metadata;
  if (checksumOf(tensors, description) !== checksum) throw new CheckpointError('the checksum does not fit');
  const { round, identity, record } = JSON.parse(description) as {
    round: number;
    identity: RunIdentity;
    record: RecordState;
  };
  return {
    state: {
      round,
      arrays: unnamed('state', tensors),
      bestArrays: unnamed('best', tensors),
      record: { ...record, curve: record.curve.map(curvePointFrom) },
    },
    // It may be older than a setting; what is older than windows has none.
    identity: { ...identity, settings: completeSettings({ windows: 'off' }, identity.settings) },
  };
}

/** An evaluation that may be older than a metric, and in which JSON wrote null for NaN. */
function curvePointFrom({ round, mix, order, validation }: CurvePoint): CurvePoint {
  const { users, standardErrors, ...means } = validation;
  const figures = metricsFrom(means);
  if (Number.isNaN(figures[CRITERION])) {
    throw new CheckpointError(`round ${round} has no ${criterionLabel}, by which the best round is chosen`);
  }
  const choice = { round, mix, order: order ?? null };
  return { ...choice, validation: { ...figures, users, standardErrors: metricsFrom(standardErrors) } };
}

/** The names of a folder's checkpoints, newest first. */
export async function checkpointFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => filePattern.test(name))
    .sort()
    .reverse();
}

function checksumOf(tensors: Readonly<Record<string, Tensor>>, description: string): string {
  const hash = createHash('sha256').update(description);
  for (const name of Object.keys(tensors).sort())
    hash.update(`\n${name}\n`).update(bytesOf(tensors[name]!.data));
  return hash.digest('hex');
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function named(prefix: string, arrays: StateArrays): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [`${prefix}.${name}`, { shape: [data.length], data }]),
  );
}

function unnamed(prefix: string, tensors: Readonly<Record<string, Tensor>>): StateArrays {
  const start = `${prefix}.`;
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(own.map(([name, { data }]) => [name.slice(start.length), data]));
}
