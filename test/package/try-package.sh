#!/usr/bin/env bash
# Installs the packed package (the .tgz in the folder $1) into an empty project and uses it from JavaScript, from
# TypeScript, from the command line and in threads.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
typescript="$here/../../node_modules/typescript/bin/tsc"
project="$1/project"
tsx="$here/../../node_modules/tsx/dist/loader.mjs"
node --import "$tsx" "$here/lint.ts" "$1"/fedtlrec-*.tgz
mkdir "$project"
cp "$here/use.mjs" "$here/use.ts" "$project"
cd "$project"
npm init --yes >/dev/null
npm pkg set type=module >/dev/null
npm install --silent --no-audit --no-fund "$1"/fedtlrec-*.tgz
node use.mjs
node "$typescript" --strict --module nodenext --target es2022 --lib es2023,dom --noEmit use.ts
# An older TypeScript, with today's way to find modules and with the oldest.
npm install --silent --no-audit --no-fund --no-save --prefix "$1/older" typescript@5.4
older="$1/older/node_modules/typescript/bin/tsc"
node "$older" --strict --module nodenext --target es2022 --lib es2023,dom --noEmit use.ts
node "$older" --strict --module esnext --moduleResolution node10 --target es2022 --lib es2023,dom --noEmit use.ts
npx fedtlrec --help >/dev/null
npx fedtlrec train --rounds 3 --evaluate-every 3 --workers 2 --json | tail -1 | grep -q '"event":"summary"'
npx fedtlrec train --rounds 3 --evaluate-every 3 --report page/report.html >/dev/null
grep -q 'id="report-data"' page/report.html
grep -q 'npx fedtlrec train' page/report.html
# The prototypes, as somebody would write them here; threads that import one of them find the compiler in the project.
npm install --silent --no-audit --no-fund --no-save tsx@4
for prototype in "$here"/../../examples/prototypes/*.ts; do
  cp "$prototype" .
  node --import "$tsx" "$(basename "$prototype")" | diff - "${prototype%.ts}.expected.txt"
done
npm install --silent --no-audit --no-fund --no-save esbuild rollup @rollup/plugin-node-resolve @rollup/plugin-commonjs vite webpack
node "$here/try-bundlers.mjs" .
node --import "$tsx" "$here/run-commands.ts" "$project"
echo 'the package works: JavaScript, TypeScript, command line, threads, report'
