// What a participant in Node keeps at home: its seat, and the record without which a round would be trained twice. In: a record;
// out: a file that is whole or as it was, readable by its owner only.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { ClassError } from './class-error.ts';
import type { HomeRecord } from './home-record.ts';
import type { Seat } from './join-class.ts';

/** What the file holds. */
export interface KeptHome {
  readonly run: string;
  readonly seat: Seat;
  readonly record: HomeRecord | undefined;
}

/** Reads the file; null if there is none. @throws ClassError if it is something else */
export async function readHome(path: string): Promise<KeptHome | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { run, seat, record } = JSON.parse(text) as Stored;
    return { run, seat, record: record && unpacked(record) };
  } catch (error) {
    throw new ClassError(`${path} is not what join --keep has written: ${(error as Error).message}`);
  }
}

export async function writeHome(path: string, { run, seat, record }: KeptHome): Promise<void> {
  const stored: Stored = { run, seat, record: record && packed(record) };
  await writeFile(`${path}.part`, JSON.stringify(stored), { mode: 0o600 });
  await rename(`${path}.part`, path);
}

interface Stored {
  readonly run: string;
  readonly seat: Seat;
  readonly record: StoredRecord | undefined;
}

interface StoredRecord extends Pick<HomeRecord, 'masking' | 'members' | 'privateSeed'> {
  readonly round: number;
  readonly message: string | null;
  readonly windows?: string | null;
  readonly loss: number;
  /** Type and bytes, by name. */
  readonly arrays: Readonly<Record<string, readonly [type: string, bytes: string]>>;
}

const constructors = { Float32Array, Uint32Array, Uint8Array } as const;

function packed({ round, message, windows, loss, arrays, ...plain }: HomeRecord): StoredRecord {
  const entries = Object.entries(arrays).map(([name, values]) => {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
    return [name, [values.constructor.name, bytes] as const] as const;
  });
  const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('base64');
  return {
    ...plain,
    round,
    message: text(message),
    windows: text(windows ?? null),
    loss,
    arrays: Object.fromEntries(entries),
  };
}

function unpacked({ round, message, windows = null, loss, arrays, ...plain }: StoredRecord): HomeRecord {
  const entries = Object.entries(arrays).map(([name, [type, text]]) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64')); // a buffer of its own, so aligned
    return [name, new constructors[type as keyof typeof constructors](bytes.buffer)];
  });
  const bytes = (text: string | null) => (text === null ? null : new Uint8Array(Buffer.from(text, 'base64')));
  return {
    ...plain,
    round,
    message: bytes(message),
    windows: bytes(windows),
    loss,
    arrays: Object.fromEntries(entries),
  };
}
