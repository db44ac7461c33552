// Fetches a file over HTTP into a folder, and goes on where an earlier transfer broke off. In: an address and a path; out:
// the whole file. It is called PATH.part until it is complete and checked, so what has its name is right.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError, whyRefused } from './system-error.ts';

/** A file that could not be fetched; `message` says why, and what to do. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

export interface DownloadOptions {
  /** Bytes that the whole file must have, if known. */
  readonly bytes: number | null;
  /** SHA-256 that it must have, if known. */
  readonly sha256: string | null;
  /** Told how many bytes are there, and of how many, if the server says. */
  readonly onProgress?: (bytes: number, whole: number | null) => void;
}

/** A transfer that breaks off is taken up again as long as it gets anywhere, at most so often. */
const MOST_ATTEMPTS = 20;

/**
 * Fetches a file.
 *
 * @returns its SHA-256
 * @throws DownloadError if the server cannot be reached or refuses, the transfer breaks off for good, the disk is full, or
 * the file is not the expected one
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<string> {
  const part = `${path}.part`;
  await onDisk(path, () => mkdir(dirname(path), { recursive: true }));
  let there = -1;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { isWhole, reason } = await transfer(url, part, options);
    if (isWhole) break;
    const now = await sizeOf(part);
    if (now <= there || attempt === MOST_ATTEMPTS - 1) {
      throw new DownloadError(
        `the transfer of ${url} broke off after ${now} bytes (${reason}); the same command goes on from there`,
      );
    }
    there = now;
  }
  const sha256 = await checked(url, part, options);
  await onDisk(path, () => rename(part, path));
  await rm(tagFile(part), { force: true });
  return sha256;
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
  return hash.digest('hex');
}

/** Asks for what is missing and appends it; tells whether the transfer came to its end. */
async function transfer(
  url: string,
  part: string,
  { bytes, onProgress }: DownloadOptions,
): Promise<{ isWhole: boolean; reason: string }> {
  let there = await sizeOf(part);
  const response = await ask(url, there, await readFile(tagFile(part), 'utf8').catch(() => ''));
  if (response.status === 416 && there > 0) {
    await response.body?.cancel();
    if (wholeOf(response) === there || bytes === there) return { isWhole: true, reason: '' };
    await rm(part, { force: true }); // longer than what the server has: from the beginning
    return transfer(url, part, { bytes, sha256: null, onProgress });
  }
  if (!response.ok || !response.body) throw new DownloadError(`${url}: ${refusalOf(response.status)}`);
  const isContinued = response.status === 206 && startOf(response) === there;
  if (!isContinued) there = 0;
  const whole = wholeOf(response);
  if (bytes !== null && whole !== null && whole !== bytes) {
    await response.body.cancel();
    throw new DownloadError(`${url} must have ${bytes} bytes, the server has ${whole}: it is another file`);
  }
  await onDisk(part, () => writeFile(tagFile(part), tagOf(response)));
  const file = await onDisk(part, () => open(part, isContinued ? 'a' : 'w'));
  try {
    onProgress?.(there, whole);
    for await (const piece of response.body) {
      await onDisk(part, () => file.writeFile(piece));
      there += piece.length;
      onProgress?.(there, whole);
    }
    const isWhole = whole === null || there === whole;
    return { isWhole, reason: `${there} of ${whole} bytes came` };
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    return { isWhole: false, reason: causeOf(error) };
  } finally {
    await file.close().catch(() => {});
  }
}

async function ask(url: string, from: number, tag: string): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  if (from > 0 && tag !== '') headers['if-range'] = tag;
  try {
    return await fetch(url, { headers });
  } catch (error) {
    throw new DownloadError(
      `${new URL(url).host} cannot be reached (${causeOf(error)}); is there a network?`,
    );
  }
}

async function checked(url: string, part: string, { bytes, sha256 }: DownloadOptions): Promise<string> {
  const size = await sizeOf(part);
  const got = await sha256Of(part);
  const isRight = (bytes === null || size === bytes) && (sha256 === null || got === sha256);
  if (isRight) return got;
  await rm(part, { force: true });
  await rm(tagFile(part), { force: true });
  const rule = sha256 === null ? `${bytes} bytes` : `the SHA-256 ${sha256}`;
  throw new DownloadError(
    `${url} must have ${rule}, got ${sha256 === null ? size : got}: it is damaged or another file, and was removed`,
  );
}

/** What tells one version of the file from another. */
function tagOf({ headers }: Response): string {
  const tag = headers.get('etag') ?? '';
  return tag.startsWith('W/') || tag === '' ? (headers.get('last-modified') ?? '') : tag;
}

function tagFile(part: string): string {
  return `${part}.tag`;
}

function startOf({ headers }: Response): number | null {
  const [, start] = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '') ?? [];
  return start === undefined ? null : Number(start);
}

function wholeOf({ headers, status }: Response): number | null {
  const [, whole] = /\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  if (whole !== undefined) return Number(whole);
  const length = headers.get('content-length');
  return status === 200 && length !== null ? Number(length) : null;
}

function refusalOf(status: number): string {
  if (status === 404 || status === 410) return `there is no such file any more (${status})`;
  return `the server answers ${status}${status >= 500 ? '; try again later' : ''}`;
}

function causeOf(error: unknown): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.size ?? 0;
}

async function onDisk<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new DownloadError(`${path} cannot be written: ${whyRefused(error)}`);
  }
}
