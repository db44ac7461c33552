// Wordings that readers stumble over, and what to write instead. Add to the list rather than mending one place.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { root } from './markdown.ts';

const wordings: readonly [pattern: RegExp, instead: string][] = [
  [/\bunless told\b/, '"Default: …"'],
  [/\bIn and out: as there\b/, 'name the other file: "Same inputs and outputs as …"'],
  [/\b(?:is|are) void\b/, '"this invalidates …"'],
  [/\*\* So many \w+/, '"Number of …"'],
  [/\bwith other eyes\b/, '"more critically"'],
  [/\bslopes? (?:of the loss )?by\b/i, '"gradient with respect to …"'],
  [/\bgoes on upon\b/, '"continues on"'],
  [/^[^a-z]*do not edit\b/i, 'say what the page is; that it is written by a command can follow'],
  [/\blongest way\b/, '"the largest distance"'],
  [/\bwho \w+ \w+ at last\b/, '"in the end", or nothing'],
  [
    /(?:^|[^\d.,])\b1 (?:steps|clients|rounds|users|items|ratings|threads|seeds|workers) /,
    'one, in the singular',
  ],
];

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^(lib|docs|examples|viewer|bench|scripts|README|CONTRIBUTING)/.test(file))
  .filter((file) => /\.(ts|mjs|vue|md|txt)$/.test(file) && !/generated|changelog/i.test(file));

test('comments, docs and messages are free of wordings that readers stumble over', (t) => {
  t.ok(files.length > 300, `${files.length} files`);
  for (const [pattern, instead] of wordings) {
    const places = files.flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
    );
    t.deepEqual(places, [], `${pattern}: write ${instead}`);
  }
  t.end();
});

test('the wordings are recognised', (t) => {
  const examples = [
    'fresh unless told',
    '// In and out: as there. Numbers',
    'those made before are void then',
    '/** So many clients ask at a time. */',
    'reads every later table with other eyes.',
    '/** The slope of the loss by the user vector',
    'the run goes on upon the processor',
    '> Do not edit: this page is written by a script.',
    'the longest way is 5.32',
    'who is absent at last',
    'After 1 steps the',
  ];
  wordings.forEach(([pattern], at) => {
    t.match(examples[at]!, pattern);
  });
  t.end();
});
