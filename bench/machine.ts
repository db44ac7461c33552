// What the figures were measured on: processor, memory, engine, and the versions of the peers that are installed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** One line for people. */
export function describeMachine(): string {
  const model = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const gibibytes = Math.round(os.totalmem() / 2 ** 30);
  return `${model}, ${os.availableParallelism()} logical cores, ${gibibytes} GiB, ${os.platform()} ${os.arch()}`;
}

/** Node, V8, this library with its commit, and the peers of bench/package.json. */
export function describeVersions(): string {
  const own = readJson('../package.json');
  const peers = Object.keys(readJson('package.json').dependencies ?? {}).flatMap((name) => {
    const installed = tryReadJson(`node_modules/${name}/package.json`);
    return installed ? [`${name} ${installed.version}`] : [];
  });
  const names = [
    `node ${process.versions.node} (V8 ${process.versions.v8})`,
    `fedtlrec ${own.version}${commit()}`,
  ];
  return [...names, ...peers].join(', ');
}

interface PackageFile {
  version?: string;
  dependencies?: Record<string, string>;
}

function readJson(path: string): PackageFile {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as PackageFile;
}

function tryReadJson(path: string): PackageFile | null {
  try {
    return readJson(path);
  } catch {
    return null;
  }
}

/** This library with a checksum of its code as one word: workers with other code are other workers. */
export function versionWord(): string {
  const hash = createHash('sha256');
  for (const folder of ['../lib/', './']) {
    const at = new URL(folder, import.meta.url);
    const files = readdirSync(at, { recursive: folder !== './', encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    for (const file of files.sort()) hash.update(file).update(readFileSync(new URL(file, at)));
  }
  return `${readJson('../package.json').version}-${hash.digest('hex').slice(0, 8)}`;
}

function commit(): string {
  try {
    const cwd = new URL('.', import.meta.url);
    const git = (...words: string[]) =>
      execFileSync('git', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return ` at ${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '-uno') ? ' with changes' : ''}`;
  } catch {
    return '';
  }
}
