// Reads what a student handed in: a folder, a zip or a single file, whatever an upload has made of it.
// In: a path, which is not trusted; out: one file per task, and one sentence for each thing that is not as it should be.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { plainText } from './translate.ts';

export interface HandedIn {
  /** By the task's name. */
  readonly files: ReadonlyMap<string, HandedInFile>;
  /** About the whole submission; '' in front if there are none. */
  readonly problems: readonly string[];
  readonly manifest: Manifest | null;
}

export interface HandedInFile {
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
  /** Why it cannot be graded, one sentence, or null. */
  readonly problem: string | null;
}

/** What `submit` writes beside the files. */
export interface Manifest {
  readonly term: string;
  readonly student: string;
  readonly files: Readonly<Record<string, string>>;
}

export const MANIFEST = 'submission.json';
const LARGEST_FILE = 1_000_000;
const MOST_UNPACKED = 20_000_000;
const MOST_FILES = 2000;
const DEEPEST = 4;
const endings = ['ts', 'mts', 'js', 'mjs'];

/** A file on the way in; `read` is asked only for those that count. */
interface Found {
  readonly path: string;
  readonly size: number;
  readonly isLink: boolean;
  read(): Uint8Array;
}

/** @param tasks the names of the tasks, such as '01-gradients' */
export function readSubmission(path: string, tasks: readonly string[]): HandedIn {
  const problems: string[] = [];
  const found = findFiles(path, problems);
  const files = new Map<string, HandedInFile>();
  let manifest: Manifest | null = null;
  for (const each of found) {
    const name = basename(each.path);
    if (name === MANIFEST) manifest = readManifest(each, problems);
    const task = tasks.find((id) => endings.some((ending) => name === `${id}.${ending}`));
    if (!task) continue;
    const before = files.get(task);
    if (before)
      problems.push(`two files for task ${task}, ${before.name} and ${each.path}: the first is graded`);
    else files.set(task, readFile(each));
  }
  if (files.size === 0) problems.push(nothingFound(found, tasks));
  if (manifest) problems.push(...changedSince(manifest, files));
  return { files, problems, manifest };
}

function findFiles(path: string, problems: string[]): Found[] {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) {
    problems.push(
      `${basename(path)} is a symbolic link, which is not followed: hand in the files themselves`,
    );
    return [];
  }
  if (!stats.isDirectory()) return isZip(path) ? unzipped(path, problems) : [fileAt(path, basename(path))];
  const found = walk(path, '', 0);
  if (found.length > MOST_FILES) problems.push(`more than ${MOST_FILES} files: only the first are looked at`);
  const flat = found.slice(0, MOST_FILES);
  const zips = flat.filter((each) => !each.isLink && /\.zip$/i.test(each.path));
  return [...flat, ...zips.flatMap((each) => unzipped(join(path, each.path), problems))];
}

/** Files near the top come first. */
function walk(root: string, folder: string, depth: number): Found[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules' && name !== '__MACOSX')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const inside = entries.filter((entry) => entry.isDirectory() && depth < DEEPEST);
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => fileAt(join(root, folder, name), folder === '' ? name : `${folder}/${name}`));
  return [
    ...files,
    ...inside.flatMap(({ name }) => walk(root, folder === '' ? name : `${folder}/${name}`, depth + 1)),
  ];
}

function fileAt(place: string, path: string): Found {
  const stats = lstatSync(place);
  return { path, size: stats.size, isLink: !stats.isFile(), read: () => readFileSync(place) };
}

function isZip(path: string): boolean {
  return readFileSync(path).subarray(0, 2).toString('latin1') === 'PK';
}

/** Only entries that can be a student's file are unpacked, and no more than their table of contents promises. */
function unzipped(path: string, problems: string[]): Found[] {
  const name = basename(path);
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MOST_UNPACKED) throw new RangeError(`it has ${bytes.length} bytes`);
    const sizes: { path: string; size: number; packed: number }[] = [];
    unzipSync(bytes, {
      filter: (entry) => {
        sizes.push({ path: entry.name, size: entry.originalSize, packed: entry.size });
        return false;
      },
    });
    const total = sizes.reduce((sum, { size }) => sum + size, 0);
    const wanted = sizes.filter((entry) => isWorthReading(entry.path)).slice(0, MOST_FILES);
    if (total > MOST_UNPACKED) {
      problems.push(
        `${name} would unpack to ${total} bytes, at most ${MOST_UNPACKED} are allowed: it is not unpacked`,
      );
      return [];
    }
    const read = unzipSync(bytes, { filter: (entry) => wanted.some((each) => each.path === entry.name) });
    return wanted
      .map((entry) => ({ path: entry.path, size: entry.size, isLink: false, read: () => read[entry.path]! }))
      .sort((a, b) => a.path.split('/').length - b.path.split('/').length);
  } catch (error) {
    problems.push(`${name} cannot be unpacked: ${(error as Error).message}`);
    return [];
  }
}

function isWorthReading(path: string): boolean {
  return !path.endsWith('/') && !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

function readFile(found: Found): HandedInFile {
  const refuse = (problem: string) => ({ name: found.path, text: '', sha256: '', problem });
  if (found.isLink)
    return refuse(`${found.path} is a symbolic link, which is not followed: hand in the file itself`);
  if (found.size > LARGEST_FILE) {
    return refuse(`${found.path} has ${found.size} bytes, at most ${LARGEST_FILE} are read`);
  }
  const bytes = found.read();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: found.path, text: plainText(bytes), sha256, problem: null };
}

function readManifest(found: Found, problems: string[]): Manifest | null {
  if (found.isLink || found.size > LARGEST_FILE) return null;
  try {
    const { term, student, files } = JSON.parse(strFromU8(found.read())) as Partial<Manifest>;
    return { term: String(term), student: String(student ?? ''), files: { ...files } };
  } catch {
    problems.push(`${MANIFEST} cannot be read, and is left aside`);
    return null;
  }
}

function changedSince(manifest: Manifest, files: ReadonlyMap<string, HandedInFile>): string[] {
  return [...files]
    .filter(([task, { sha256 }]) => manifest.files[task] !== undefined && manifest.files[task] !== sha256)
    .map(
      ([, { name }]) =>
        `${name} was changed after \`submit\` had written ${MANIFEST}: it is graded as it is now`,
    );
}

function nothingFound(found: readonly Found[], tasks: readonly string[]): string {
  const wanted = `hand in ${tasks[0]}.ts and the other tasks' files under their own names`;
  if (found.length === 0) return `there is no file in it: ${wanted}`;
  const names = found.slice(0, 3).map(({ path }) => path);
  return `no file has the name of a task, found ${names.join(', ')}${found.length > 3 ? ', …' : ''}: ${wanted}`;
}

/** What the first lines of a student's file say about its origin: the term, and for whom its variant is. */
export function originOf(text: string): { term: string; student: string } | null {
  const line = /^\/\/ fedtlrec course, term (\S+?),(?: for (.+?),)? task \d+/m.exec(text.slice(0, 2000));
  return line ? { term: line[1]!, student: line[2] ?? '' } : null;
}
