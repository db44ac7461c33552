// The `@example`s that readers see when they point at a function: each runs, and what stands behind a line's // is its value.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { transformSync } from 'esbuild';
import test from 'tape';
import * as library from '../../lib/index.ts';
import { checkGradient } from '../../lib/numeric/mathjs.ts';
import * as privacy from '../../lib/privacy/index.ts';
import { libraryFiles } from '../source-modules.ts';
import { root } from './markdown.ts';

interface DocExample {
  readonly name: string;
  readonly lines: readonly string[];
}

const examples = libraryFiles().flatMap((file) => examplesIn(readFileSync(join(root, file), 'utf8')));
const names = { ...privacy, ...library, checkGradient } as Record<string, unknown>;

test('thirty functions and more have an example, and all examples hold', (t) => {
  t.ok(examples.length >= 30, `${examples.length} examples`);
  for (const { name, lines } of examples) t.deepEqual(problemsOf(lines), [], name);
  t.end();
});

test('an example that does not hold is seen', (t) => {
  t.deepEqual(problemsOf(['frobeniusNorm([[3, 4]]); // 6']), ['frobeniusNorm([[3, 4]]) is 5']);
  t.match(problemsOf(['frobeniusNorm(3);']).join(), /TypeError: frobeniusNorm: values must be a matrix/);
  t.end();
});

/** What does not hold: a line that throws, or whose value is not what stands behind it, if that is JSON. */
function problemsOf(lines: readonly string[]): string[] {
  const code = lines.map((line) => {
    const [, call, told] = /^([^=]*\S.*); \/\/ (.*)$/.exec(line) ?? [];
    const isValue = call !== undefined && !/^(const|for)\b/.test(call) && isJson(told!);
    return isValue ? `expect(() => (${call}), ${JSON.stringify(call)}, ${told});` : line;
  });
  const problems: string[] = [];
  const expect = (work: () => unknown, call: string, told: unknown) => {
    const value = work();
    const plain = ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
    if (!isDeepStrictEqual(plain, told)) problems.push(`${call} is ${JSON.stringify(plain)}`);
  };
  const silent = { log: () => {} };
  try {
    const { code: script } = transformSync(code.join('\n'), { loader: 'ts', format: 'esm' });
    const scope = { ...names, expect, console: silent };
    new Function(...Object.keys(scope), script)(...Object.values(scope));
  } catch (error) {
    problems.push(String(error));
  }
  return problems;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The examples of a source, each under the name of what follows its comment. */
function examplesIn(source: string): DocExample[] {
  return [...source.matchAll(/@example\n((?: \* .*\n)+) \*\/\nexport (?:async )?function\*? (\w+)/g)].map(
    ([, block, name]) => ({
      name: name!,
      lines: block!
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^ \* /, '')),
    }),
  );
}
