#!/usr/bin/env bash
# Installs the packed package (the .tgz in the folder $1) into an empty project and uses it from JavaScript, from
# TypeScript, from the command line and in threads.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
typescript="$here/../../node_modules/typescript/bin/tsc"
project="$1/project"
mkdir "$project"
cp "$here/use.mjs" "$here/use.ts" "$project"
cd "$project"
npm init --yes >/dev/null
npm pkg set type=module >/dev/null
npm install --silent --no-audit --no-fund "$1"/fedtlrec-*.tgz
node use.mjs
node "$typescript" --strict --module nodenext --target es2022 --lib es2023,dom --noEmit use.ts
npx fedtlrec --help >/dev/null
npx fedtlrec train --rounds 3 --evaluate-every 3 --workers 2 --json | tail -1 | grep -q '"event":"summary"'
npx fedtlrec train --rounds 3 --evaluate-every 3 --report page/report.html >/dev/null
grep -q 'id="report-data"' page/report.html
echo 'the package works: JavaScript, TypeScript, command line, threads, report'
