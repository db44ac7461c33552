// The tags `(Eq. 6)` in lib/ and the numbered equations of docs/equations.md belong together, in both directions.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'tape';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Equation {
  readonly number: number;
  /** The files of lib/ that it names, from the root. */
  readonly files: readonly string[];
}

const equations = readEquations(readFileSync(`${root}docs/equations.md`, 'utf8'));
const tags = readTags(); // file → numbers

test('the equations are numbered 1, 2, 3, … without gaps', (t) => {
  t.ok(equations.length > 0, 'there are equations');
  t.deepEqual(
    equations.map(({ number }) => number),
    equations.map((_, place) => place + 1),
    'in order',
  );
  t.end();
});

test('every tag in lib/ is an equation of docs/equations.md', (t) => {
  for (const [file, numbers] of tags) {
    const unknown = [...numbers].filter((number) => number < 1 || number > equations.length);
    t.deepEqual(unknown, [], file);
  }
  t.end();
});

test('every equation names the files that compute it, and they carry its tag', (t) => {
  for (const { number, files } of equations) {
    t.ok(files.length > 0, `Eq. ${number} names a file`);
    for (const file of files) t.ok(tags.get(file)?.has(number), `${file} carries (Eq. ${number})`);
  }
  t.end();
});

test('a tag is read alone, in a list and as a range', (t) => {
  t.deepEqual(
    [...numbersIn('// a (Eq. 3), b (Eq. 5–7) and c (Eq. 1, 9); not Steck’s Eq. 8')],
    [3, 5, 6, 7, 1, 9],
  );
  t.end();
});

function readEquations(page: string): Equation[] {
  return page
    .split(/^### Eq\. /m)
    .slice(1)
    .map((section) => {
      const line = section.split('\n').find((text) => text.startsWith('In the code: ')) ?? '';
      const files = [...line.matchAll(/\]\(\.\.\/(lib\/[^)]+)\)/g)].map(([, file]) => file!);
      return { number: Number(/^(\d+) · /.exec(section)?.[1]), files };
    });
}

function readTags(): Map<string, Set<number>> {
  const files = readdirSync(`${root}lib`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files
      .map((file) => `lib/${file.replaceAll('\\', '/')}`)
      .map((file) => [file, numbersIn(readFileSync(root + file, 'utf8'))] as const)
      .filter(([, numbers]) => numbers.size > 0),
  );
}

/** The numbers of all tags in a text: `(Eq. 6)`, `(Eq. 1, 9)` and `(Eq. 10–12)`. */
function numbersIn(text: string): Set<number> {
  const found = new Set<number>();
  for (const [, list] of text.matchAll(/\(Eq\. (\d+(?:(?:–|, )\d+)*)\)/g)) {
    for (const part of list!.split(', ')) {
      const [from, to] = part.split('–').map(Number) as [number, number?];
      for (let number = from; number <= (to ?? from); number++) found.add(number);
    }
  }
  return found;
}
