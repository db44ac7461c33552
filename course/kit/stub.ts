// Writes what a student begins with: the task's functions without their bodies, with their comments and types. The same
// with bodies is the reference, in the form of a student's file; with edits, a wrong solution or a term's variant.
import { parseSource, type SourceFunction, type SourceName, sourceFile, wordsIn } from './source.ts';
import type { Cut, Dials, Edit, Task } from './task.ts';

export interface StudentFile {
  /** The bodies: `cut` leaves a throw that names the task, `kept` the library's. */
  readonly bodies: 'cut' | 'kept';
  readonly dials?: Dials;
  /** Changes of the reference, after those of the dials. */
  readonly edits?: readonly Edit[];
  /** Named in the first line. */
  readonly term?: string;
}

/** The number in front of a task's name: 1 for '01-gradients'. */
export function numberOf(task: Pick<Task, 'id'>): number {
  return Number(task.id.slice(0, 2));
}

/** The names of the functions that the student writes. */
export function functionsOf(task: Task): string[] {
  const names = task.cut.flatMap(({ functions }) => functions);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new Error(`${task.id}: ${twice} is cut from two files; a student's file can hold one`);
  return names;
}

/** What the student's file imports: what the cut functions mention, of their files and of what these import. */
export function givenTo(task: Task): SourceName[] {
  const cut = new Set(functionsOf(task));
  const found = new Map<string, SourceName>();
  const values = task.dials.flatMap((dial) => dial.values);
  const ofDials = values.flatMap(({ edits }) => edits.flatMap(({ replace }) => [...wordsIn(replace)]));
  for (const { file, functions } of task.cut) {
    const { names } = sourceFile(file);
    for (const name of functions) {
      for (const word of new Set([...wordsIn(textOf(file, name)), ...ofDials])) {
        const source = names.get(word);
        if (!source || cut.has(word)) continue;
        const known = found.get(word);
        if (known && (known.from !== source.from || known.original !== source.original)) {
          throw new Error(`${task.id}: ${word} means two things, of ${known.from} and of ${source.from}`);
        }
        if (!known?.isType && known) continue; // one file needs it as a type only
        found.set(word, source);
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Given in every task, also where the reference does not need them: another style may. */
const alwaysGiven: readonly SourceName[] = [
  ...['FloatArray', 'Matrix', 'Vector'].map((name) => ({ name, isType: true })),
  ...['copyOf', 'dimensions', 'matrix', 'rowMajorData', 'transpose', 'vector', 'zeros', 'zeroVector'].map(
    (name) => ({
      name,
      isType: false,
    }),
  ),
].map((source) => ({
  ...source,
  original: source.name,
  from: 'lib/numeric/ndarrays.ts',
  isExported: true,
}));

/** All that the given module of a task holds. */
export function allGivenTo(task: Task): SourceName[] {
  const mentioned = givenTo(task);
  const names = new Set([...mentioned.map(({ name }) => name), ...functionsOf(task)]);
  return [...mentioned, ...alwaysGiven.filter(({ name }) => !names.has(name))];
}

/** The student's file, as TypeScript. */
export function studentFile(task: Task, { bodies, dials = {}, edits = [], term }: StudentFile): string {
  const texts = editedFunctions(task, [...editsOf(task, dials), ...edits]);
  const sentences = sentencesOf(task, dials);
  const parts = task.cut.flatMap(({ file, functions }) =>
    functions.map((name) => {
      const told = withSentences(texts.get(name)!, sentences.get(name) ?? []);
      return bodies === 'kept' ? exported(told) : withoutBody(task, file, name, told);
    }),
  );
  return `${[headOf(task, dials, term, sentences.get('') ?? []), importsOf(task), ...parts].join('\n\n')}\n`;
}

/** The library's text of a function, its doc comment included. */
export function textOf(file: string, name: string): string {
  const { text } = sourceFile(file);
  const { start, end } = functionOf(file, name);
  return text.slice(start, end);
}

function functionOf(file: string, name: string): SourceFunction {
  const found = sourceFile(file).functions.get(name);
  if (!found) throw new Error(`${file} has no function ${name}`);
  return found;
}

/** Edits of the chosen value of each dial. */
function editsOf(task: Task, dials: Dials): readonly Edit[] {
  for (const name of Object.keys(dials)) {
    if (!task.dials.some((dial) => dial.name === name)) throw new Error(`${task.id} has no dial ${name}`);
  }
  return task.dials.flatMap((dial) => chosen(task, dial.name, dials).edits);
}

/** The value that a dial stands on. */
export function chosen(task: Task, name: string, dials: Dials): Task['dials'][number]['values'][number] {
  const dial = task.dials.find((each) => each.name === name);
  const wanted = dials[name];
  const value = wanted === undefined ? dial?.values[0] : dial?.values.find((each) => each.name === wanted);
  if (!value) throw new Error(`${task.id}: the dial ${name} has no value ${wanted}`);
  return value;
}

function editedFunctions(task: Task, edits: readonly Edit[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { file, functions } of task.cut) {
    for (const name of functions) texts.set(name, textOf(file, name));
  }
  for (const edit of edits) {
    const name = placeOf(task, edit, texts);
    texts.set(
      name,
      texts.get(name)!.replace(edit.find, () => edit.replace),
    );
  }
  return texts;
}

/** The function in which an edit's text stands, exactly once. */
function placeOf(task: Task, edit: Edit, texts: ReadonlyMap<string, string>): string {
  const cuts = task.cut.filter(({ file }) => edit.file === undefined || file === edit.file);
  const hits = cuts
    .flatMap(({ functions }) => functions)
    .flatMap((name) => Array<string>(texts.get(name)!.split(edit.find).length - 1).fill(name));
  if (hits.length !== 1) {
    throw new Error(`${task.id}: an edit must find its text once, found ${hits.length} times: ${edit.find}`);
  }
  return hits[0]!;
}

/** What the dials tell, by the function that they change; '' for those that change none or several. */
function sentencesOf(task: Task, dials: Dials): Map<string, string[]> {
  const originals = editedFunctions(task, []);
  const sentences = new Map<string, string[]>();
  for (const dial of task.dials) {
    const { says } = chosen(task, dial.name, dials);
    if (says === '') continue;
    const places = new Set(
      dial.values.flatMap(({ edits }) => edits.map((edit) => placeOf(task, edit, originals))),
    );
    const place = places.size === 1 ? [...places][0]! : '';
    sentences.set(place, [...(sentences.get(place) ?? []), says]);
  }
  return sentences;
}

function headOf(task: Task, dials: Dials, term: string | undefined, sentences: readonly string[]): string {
  const lines = [
    `// fedtlrec course${term ? `, term ${term}` : ''}, task ${numberOf(task)}: ${task.title}`,
    `// Write ${listed(functionsOf(task))}. Import from the given module only.`,
  ];
  if (Object.keys(dials).length > 0 || sentences.length > 0) {
    lines.push("// What differs from the lessons this term is marked with 'This term:'.");
  }
  for (const sentence of sentences) lines.push(`// This term: ${sentence}`);
  return lines.join('\n');
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function importsOf(task: Task): string {
  const names = givenTo(task).map(({ name, isType }) => (isType ? `type ${name}` : name));
  if (names.length === 0) return '// Nothing is given: the functions need no others.';
  return `import {\n${names.map((name) => `  ${name},\n`).join('')}} from './given/${task.id}.mjs';`;
}

function withSentences(text: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return text;
  const told = sentences.map((sentence) => ` * This term: ${sentence}`).join('\n');
  if (!text.startsWith('/**')) return `/**\n${told}\n */\n${text}`;
  const end = text.indexOf('*/');
  const comment = text.slice(3, end).replace(/\s+$/, '');
  const opened = comment.includes('\n') ? comment : `\n *${comment}`;
  return `/**${opened}\n *\n${told}\n */${text.slice(end + 2)}`;
}

function exported(text: string): string {
  const head = headStart(text);
  return /^export\b/.test(text.slice(head)) ? text : `${text.slice(0, head)}export ${text.slice(head)}`;
}

function headStart(text: string): number {
  return text.startsWith('/**')
    ? text.indexOf('*/') + 2 + /^\s*/.exec(text.slice(text.indexOf('*/') + 2))![0].length
    : 0;
}

function withoutBody(task: Task, file: string, name: string, told: string): string {
  const { head, body, isTyped } = parseSource(file, told).functions.get(name)!;
  if (!isTyped)
    throw new Error(`${task.id}: ${name} of ${file} does not say what it returns, so a stub cannot`);
  const signature = told.slice(head, body.start);
  const comment = told.slice(0, head);
  return exported(`${comment}${signature}{\n  throw new Error('task ${numberOf(task)}: write ${name}');\n}`);
}

/** The file of the library with a task's functions taken out, each one's place taken by what `instead` gives. */
export function withoutFunctions(
  { file, functions }: Cut,
  instead: (name: string, isExported: boolean) => string,
): string {
  const { text } = sourceFile(file);
  const places = functions.map((name) => functionOf(file, name)).sort((a, b) => b.start - a.start);
  return places.reduce(
    (rest, { name, start, end, isExported }) =>
      rest.slice(0, start) + instead(name, isExported) + rest.slice(end),
    text,
  );
}
