// A job: what a worker is to do, for whom it is, and under which key its result is kept. In: a request; out: a message, and back.
// The key is a checksum of everything that the result depends on, so equal jobs have one result, whoever asks and however often.
import { createHash } from 'node:crypto';
import { settingTable } from '../federated/settings.ts';
import { QueueError } from './queue-error.ts';

/** What somebody wants to be done. */
export interface Job {
  /** Which function of the worker does it. */
  readonly kind: string;
  /** For people: `fedmf, seed 3`. */
  readonly name: string;
  /** What the function gets; JSON. */
  readonly request: unknown;
  /** SHA-256 of the stored data that it needs. */
  readonly data: readonly string[];
}

/** What a job gives: its result, and data to be stored beside it, which it names by their checksums. */
export type Outcome = Uint8Array | readonly [result: Uint8Array, ...beside: Uint8Array[]];

/** Which workers may do a job: those of the same version, Node and settings. Bits could differ elsewhere. */
export interface Edition {
  readonly version: string;
  /** The major version of Node. */
  readonly node: string;
  /** Checksum of the names, kinds and defaults of all settings. */
  readonly settings: string;
}

/** The workers of the command line; benchmarks have some of their own. */
export const COMMAND_LINE_POOL = 'runs';

/** The edition of this process. */
export function ownEdition(version: string): Edition {
  const settings = Object.entries(settingTable).map(([name, setting]) => [
    name,
    setting.kind,
    setting.default,
  ]);
  return {
    version,
    node: process.versions.node.split('.')[0]!,
    settings: sha256(JSON.stringify(settings)).slice(0, 8),
  };
}

/** The edition as one part of a subject. */
export function editionWord({ version, node, settings }: Edition): string {
  return `${version.replaceAll('.', '_')}-node${node}-${settings}`;
}

/** An edition for people, from its word. */
export function editionInWords(word: string): string {
  const [, version, node, settings] = /^(.+)-node(\d+)-(\w+)$/.exec(word) ?? [];
  if (version === undefined) return word;
  return `fedtlrec ${version.replaceAll('_', '.')} on Node ${node} (settings ${settings})`;
}

/** The key of a job's result: 32 hexadecimal digits. The name does not count. */
export function jobKey(edition: Edition, { kind, request, data }: Job): string {
  return sha256(JSON.stringify([editionWord(edition), kind, request, data])).slice(0, 32);
}

export function encodeJob(job: Job): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(job));
}

/** @throws QueueError if the message is no job */
export function decodeJob(message: Uint8Array): Job {
  const { kind, name, request, data } = readObject(message);
  const isJob = typeof kind === 'string' && typeof name === 'string' && isChecksums(data);
  if (!isJob) throw new QueueError('a message among the jobs is none: it must say kind, name and data');
  return { kind, name, request, data };
}

/** The fields of a JSON object; none where the message is something else. */
export function readObject(message: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(message));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Names of data become names of files: nothing but checksums may pass. */
function isChecksums(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[0-9a-f]{64}$/.test(one));
}
