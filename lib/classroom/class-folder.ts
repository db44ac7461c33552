// What a class leaves on disk, so that it can go on after a crash and be repeated: class.json (what it is), seats.jsonl (who has a
// seat), rounds.jsonl (the messages of each round), a checkpoint each round, the key that tokens are made with, and with secure sums
// masks.json: masked messages whose sum is not known yet.
// A round is written and synced before the next begins. In: records; out: files, and back.

import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Memory, StateArrays } from '../federated/memory.ts';
import { expectSameRun, loadCheckpoint, type RunIdentity, saveCheckpoint } from '../node/checkpoint.ts';
import { ClassError } from './class-error.ts';
import type { ClassFacts } from './class-facts.ts';
import type { RoundRecord } from './class-options.ts';
import { serverArrays } from './class-run.ts';
import type { PendingMasks } from './masked-rounds.ts';
import {
  pendingFromJson,
  pendingToJson,
  type UnmaskingsInJson,
  unmaskingsFromJson,
  unmaskingsToJson,
} from './masks-in-json.ts';

/** Where an earlier process left off. */
export interface ClassState {
  readonly round: number;
  readonly modelRound: number;
  readonly arrays: StateArrays;
}

export class ClassFolder {
  readonly path: string;
  readonly facts: ClassFacts;
  readonly secret: Uint8Array;
  /** Seats that are taken. */
  readonly taken: number;

  private constructor(path: string, facts: ClassFacts, secret: Uint8Array, taken: number) {
    this.path = path;
    this.facts = facts;
    this.secret = secret;
    this.taken = taken;
  }

  /** Makes the folder of a new class. @throws ClassError if there is something already */
  static async create(path: string, facts: Omit<ClassFacts, 'version'>): Promise<ClassFolder> {
    await mkdir(path, { recursive: true });
    const complete: ClassFacts = { version: 1, ...facts };
    try {
      await writeFile(join(path, 'class.json'), `${JSON.stringify(complete)}\n`, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new ClassError(`${path} holds a class already; go on with --resume, or name another folder`);
    }
    const secret = randomBytes(32);
    await writeFile(join(path, 'key'), secret, { mode: 0o600 });
    return new ClassFolder(path, complete, secret, 0);
  }

  /** Opens the folder of an earlier class. @throws ClassError if there is none */
  static async open(path: string): Promise<ClassFolder> {
    const text = await readFile(join(path, 'class.json'), 'utf8').catch(() => null);
    if (text === null) throw new ClassError(`${path} holds no class; leave --resume out to begin one`);
    const facts = JSON.parse(text) as ClassFacts;
    if (facts.version !== 1) throw new ClassError(`${path}: version ${facts.version} is not 1`);
    const secret = await readFile(join(path, 'key'));
    const seats = await lines<{ client: number }>(join(path, 'seats.jsonl'));
    return new ClassFolder(path, facts, secret, new Set(seats.map(({ client }) => client)).size);
  }

  /** Keeps that a seat is taken. */
  async keepSeat(client: number): Promise<void> {
    await appendSynced(join(this.path, 'seats.jsonl'), { client });
  }

  /** Keeps a round: its messages, then the state after it. */
  async keepRound(record: RoundRecord, memory: Memory): Promise<void> {
    await appendSynced(join(this.path, 'rounds.jsonl'), toLine(record));
    const nothing = {
      curve: [],
      rounds: 0,
      messages: 0,
      rejected: 0,
      bytesUp: 0,
      bytesDown: 0,
      bytesOnce: 0,
    };
    const state = { round: record.round, arrays: serverArrays(memory), bestArrays: {}, record: nothing };
    await saveCheckpoint(join(this.path, 'checkpoints'), state, this.identity);
  }

  /**
   * The state after the last round that was kept whole, or null before the first; what was written of a later one is removed.
   *
   * @param onRefused called for every newer checkpoint that is damaged, with the reason
   */
  async lastState(onRefused: (reason: string) => void = () => {}): Promise<ClassState | null> {
    const records = await this.rounds();
    const found = await loadCheckpoint(join(this.path, 'checkpoints'), onRefused).catch(() => null);
    if (found) expectSameRun(found.identity, this.identity);
    const round = found?.state.round ?? 0;
    const kept = records.filter((record) => record.round <= round);
    if (kept.length !== round)
      throw new ClassError(`${this.path}: rounds.jsonl holds ${kept.length} of ${round} rounds`);
    const path = join(this.path, 'rounds.jsonl');
    await writeFile(`${path}.part`, kept.map((record) => `${JSON.stringify(toLine(record))}\n`).join(''));
    await rename(`${path}.part`, path);
    if (!found) return null;
    return { round, modelRound: kept.at(-1)!.modelRound, arrays: found.state.arrays };
  }

  /** Keeps masked messages whose sum is not known yet. */
  async keepMasks(pending: PendingMasks): Promise<void> {
    const path = join(this.path, 'masks.json');
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(pendingToJson(pending)));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  }

  /** Masked messages of a round whose sum an earlier process had not made; null if there are none. */
  async pendingMasks(round: number): Promise<PendingMasks | null> {
    const text = await readFile(join(this.path, 'masks.json'), 'utf8').catch(() => null);
    const pending = text === null ? null : pendingFromJson(JSON.parse(text));
    return pending?.round === round ? pending : null;
  }

  /** The rounds that were kept, in their order. */
  async rounds(): Promise<RoundRecord[]> {
    return (await lines<RoundLine>(join(this.path, 'rounds.jsonl'))).map(fromLine);
  }

  private get identity(): RunIdentity {
    const { recipe, settings, backend, items, seats } = this.facts;
    return { recipe, settings, backend, split: `${seats} seats, ${items.length} items` };
  }
}

interface RoundLine {
  readonly round: number;
  readonly merged: readonly number[];
  readonly late: readonly number[];
  readonly modelRound: number;
  /** Of those merged, in base64. */
  readonly messages: readonly string[];
  /** Those sent beside them, once in a run. */
  readonly windows?: readonly (readonly [client: number, message: string])[];
  /** With secure sums. */
  readonly masks?: UnmaskingsInJson;
}

function toLine({ round, messages, windows, late, modelRound, masks }: RoundRecord): RoundLine {
  const text = (message: Uint8Array) => Buffer.from(message).toString('base64');
  return {
    ...{ round, late, modelRound, merged: messages.map(([client]) => client) },
    messages: messages.map(([, message]) => text(message)),
    windows: windows?.length
      ? windows.map(([client, message]) => [client, text(message)] as const)
      : undefined,
    masks: masks && unmaskingsToJson(masks),
  };
}

function fromLine({ round, merged, late, modelRound, messages, windows, masks }: RoundLine): RoundRecord {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  return {
    ...{ round, late, modelRound },
    messages: merged.map((client, at) => [client, bytes(messages[at]!)] as const),
    windows: windows?.map(([client, text]) => [client, bytes(text)] as const),
    masks: masks && unmaskingsFromJson(masks),
  };
}

async function appendSynced(path: string, line: unknown): Promise<void> {
  const file = await open(path, 'a');
  try {
    await appendFile(file, `${JSON.stringify(line)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The lines of a file that are whole; the last one may have been cut off. */
async function lines<T>(path: string): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}
