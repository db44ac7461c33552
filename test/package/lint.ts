// Looks at the packed package as others' tools will: publint at what package.json promises, attw at how TypeScript finds the
// types, by old resolvers too. `node --import tsx test/package/lint.ts PACKAGE.tgz`; prints each fault and exits with 1.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tarball = readFileSync(process.argv[2]!);
const faults: string[] = [];

const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer as ArrayBuffer }, strict: true });
for (const message of messages) faults.push(`publint: ${formatMessage(message, pkg)}`);

const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
if (!analysis.types) faults.push('attw: there are no types');
for (const problem of 'problems' in analysis ? analysis.problems : []) {
  if (problem.kind === 'CJSResolvesToESM') continue; // the package is ESM only: `require` needs Node 20.19, which can
  faults.push(`attw: ${JSON.stringify(problem)}`);
}

const packageFile = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const typed = Object.entries(packageFile.exports as Record<string, { types?: string }>).filter(
  ([path, target]) => path !== '.' && target.types,
);
const wanted = Object.fromEntries(typed.map(([path, { types }]) => [path.slice(2), [types!.slice(2)]]));
if (JSON.stringify(packageFile.typesVersions['*']) !== JSON.stringify(wanted)) {
  faults.push(`package.json: typesVersions must list what exports does: ${JSON.stringify(wanted)}`);
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`publint and attw find nothing in ${Object.keys(packageFile.exports).length} entry points`);
