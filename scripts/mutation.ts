// What do the tests not see? Changes lib/ at random, one place at a time, and runs the tests on a copy of the repository.
//
//   node --import tsx scripts/mutation.ts --draws 20 --seed 1 cli trace
//
// draws 20 changes among the files of lib/ whose path contains one of the words (all files without words). For each, the
// test files that import the changed file run, nearest first, until one fails; `--nearest 5` stops after five of them.
// A change that no test noticed is printed as it stands in the code: either it changes nothing that anybody could see,
// or a test is missing. Takes minutes; no part of `npm test`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { randomStream, sampleWithoutReplacement } from '../lib/numeric/rng.ts';

/** One place of one file, and what stands there instead. */
interface Change {
  readonly file: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Operators, and what is written in their place. */
const swapped: Record<string, string> = {
  ...{
    '+': '-',
    '-': '+',
    '*': '/',
    '/': '*',
    '%': '*',
    '**': '*',
    '+=': '-=',
    '-=': '+=',
    '*=': '/=',
    '/=': '*=',
  },
  ...{
    '<': '<=',
    '<=': '<',
    '>': '>=',
    '>=': '>',
    '===': '!==',
    '!==': '===',
    '&&': '||',
    '||': '&&',
    '??': '&&',
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    draws: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    nearest: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '5' },
  },
});
const copy = mkdtempSync(join(tmpdir(), 'fedtlrec-mutation-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
copyRepository();
const importers = readImporters();

const all = filesBelow('lib')
  .filter((file) => !/generated|webgpu/.test(file)) // without a GPU their tests are skipped
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .flatMap(changesOf);
const draws = Math.min(Number(values.draws), all.length);
const drawn = sampleWithoutReplacement(draws, all.length, randomStream(Number(values.seed), 'mutation'));
console.log(`${drawn.length} of ${all.length} possible changes`);
const canPass = new Map<string, boolean>(); // some tests need data or a browser
let noticed = 0;
for (const number of drawn) {
  const change = all[number]!;
  const path = join(copy, change.file);
  const before = readFileSync(path, 'utf8');
  const test = testsOf(change.file)
    .slice(0, Number(values.nearest))
    .find((file) => {
      if (!canPass.has(file)) canPass.set(file, passes(file));
      if (!canPass.get(file)) return false;
      writeFileSync(path, before.slice(0, change.from) + change.text + before.slice(change.to));
      const isNoticed = !passes(file);
      writeFileSync(path, before);
      return isNoticed;
    });
  if (test) noticed++;
  const where = `${change.file}:${change.line}`;
  const what = `${before.slice(change.from, change.to)}  →  ${change.text || '(nothing)'}`.replace(
    /\s+/g,
    ' ',
  );
  console.log(`${test ? 'noticed  ' : 'UNNOTICED'}  ${where}  ${what}${test ? `  by ${test}` : ''}`);
}
console.log(`${noticed} of ${drawn.length} noticed, ${((100 * noticed) / drawn.length).toFixed(0)} %`);

function copyRepository(): void {
  for (const name of readdirSync(root)) {
    if (!/^(\.git|node_modules|dist|runs|coverage)$/.test(name)) {
      const isSource = (path: string) => !/node_modules/.test(relative(root, path));
      cpSync(join(root, name), join(copy, name), { recursive: true, filter: isSource });
    }
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(copy, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .sort();
}

/** The test files that import a file, by the number of imports between the two. */
function testsOf(file: string): string[] {
  const distances = new Map<string, number>([[file, 0]]);
  for (const [importer, distance] of distances) {
    for (const next of importers.get(importer) ?? []) {
      if (!distances.has(next)) distances.set(next, distance + 1);
    }
  }
  return [...distances.keys()].filter((name) => name.endsWith('.test.ts'));
}

/** Who imports each file. */
function readImporters(): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  for (const file of ['lib', 'test', 'examples'].flatMap(filesBelow)) {
    const text = readFileSync(join(copy, file), 'utf8');
    for (const [, target] of text.matchAll(/(?:from|import\(|import) ?'(\.[^']+\.ts)'/g)) {
      const name = relative(copy, resolve(copy, dirname(file), target!));
      importers.set(name, [...(importers.get(name) ?? []), file]);
    }
  }
  return importers;
}

function passes(test: string): boolean {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'test/run.ts', test.replace(/^test./, '')], {
    cwd: copy,
    stdio: 'ignore',
    timeout: 60_000 * Number(values.minutes), // an endless loop is noticed as well
    killSignal: 'SIGKILL',
  });
  return run.status === 0;
}

/** Everything that can be changed in a file: operators, numbers, conditions, statements, the order of two arguments. */
function changesOf(file: string): Change[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(copy, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const changes: Change[] = [];
  const add = (from: number, to: number, text: string) => {
    changes.push({ file, line: source.getLineAndCharacterOfPosition(from).line + 1, from, to, text });
  };
  const replace = (node: ts.Node, text: string) => add(node.getStart(), node.getEnd(), text);
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const other = swapped[node.operatorToken.getText()];
      if (other) replace(node.operatorToken, other);
    } else if (ts.isNumericLiteral(node)) {
      replace(node, String(Number(node.text) + 1));
      if (Number(node.text) > 0) replace(node, String(Number(node.text) - 1));
    } else if (ts.isPrefixUnaryExpression(node) && '!-'.includes(ts.tokenToString(node.operator)!)) {
      replace(node, node.operand.getText());
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true');
    else if (ts.isPropertyAccessExpression(node) && /^Math\.(min|max)$/.test(node.getText())) {
      replace(node.name, node.name.text === 'min' ? 'max' : 'min');
    } else if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
      const condition = ts.isIfStatement(node) ? node.expression : node.condition;
      for (const text of [`!(${condition.getText()})`, 'false', 'true']) replace(condition, text);
    } else if (ts.isExpressionStatement(node) || ts.isThrowStatement(node) || ts.isContinueStatement(node)) {
      replace(node, ';');
    } else if (ts.isCallExpression(node) && node.arguments.length > 1) {
      const [first, second] = node.arguments;
      add(first!.getStart(), second!.getEnd(), `${second!.getText()}, ${first!.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return changes;
}
