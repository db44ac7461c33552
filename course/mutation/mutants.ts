// The changes that Stryker's mutators make in a file, as text. In: a student's file; out: what to write where. What stands in checks of
// arguments is left out: students may leave these out, too, and the words of an error are theirs.
export interface Mutant {
  /** Stryker's name of the kind, e.g. EqualityOperator. */
  readonly kind: string;
  readonly before: string;
  readonly after: string;
  /** The line of the change, and the change. */
  readonly line: string;
  readonly inWords: string;
  readonly isIgnored: boolean;
  apply(code: string): string;
}

/** What is used of Stryker's instrumenter. */
interface Mutators {
  readonly Instrumenter: new (
    logger: object,
  ) => {
    instrument(files: readonly object[], options: object): Promise<{ readonly mutants: readonly Made[] }>;
  };
}

interface Made {
  readonly mutatorName: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement: string;
  readonly status?: string;
}

/** Lines and columns count from 0. */
interface Position {
  readonly line: number;
  readonly column: number;
}

interface Node {
  readonly type: string;
  readonly consequent?: Node;
  readonly body?: readonly Node[];
}

/** Babel's place in a tree, as far as it is read here. */
interface Place {
  readonly node: Node;
  readonly parentPath: Place | null;
  toString(): string;
}

/** @throws Error if the mutators are not installed */
export async function mutantsOf(code: string): Promise<Mutant[]> {
  const { Instrumenter } = await open();
  const ignorer = {
    shouldIgnore: (place: Place) => (isCheckOfArguments(place) ? 'a check of arguments' : undefined),
  };
  const options = { plugins: null, ignorers: [ignorer], excludedMutations: [] };
  const file = { name: 'answer.ts', content: code, mutate: true };
  const made = await new Instrumenter(silent).instrument([file], options);
  return made.mutants.map(({ mutatorName, location, replacement, status }) => {
    const [from, to] = [offsetOf(code, location.start), offsetOf(code, location.end)];
    const before = code.slice(from, to);
    const line = code.split('\n')[location.start.line]!.trim();
    return {
      ...{ kind: mutatorName, before, after: replacement, line, isIgnored: status === 'Ignored' },
      inWords: oneLine(`${mutatorName}: ${before} → ${replacement}  in  ${line}`),
      apply: (text) => text.slice(0, from) + replacement + text.slice(to),
    };
  });
}

async function open(): Promise<Mutators> {
  const name = '@stryker-mutator/instrumenter'; // of this folder's own package.json: types must not depend on it
  const mutators = await (import(name) as Promise<Mutators>).catch(() => null);
  if (!mutators) throw new Error('mutants: the mutators are not installed; npm --prefix course/mutation ci');
  return mutators;
}

/** `expectShape(…)`, `if (…) throw …`, and the words of an error. */
function isCheckOfArguments(place: Place): boolean {
  const { type, consequent } = place.node;
  if (type === 'IfStatement') return onlyStatementOf(consequent)?.type === 'ThrowStatement';
  if (type === 'StringLiteral' || type === 'TemplateLiteral') {
    return /^((dimensions|sizesOf|reject|(\w+\.)*(read|expect)\w*)\(|caller = )/.test(
      String(place.parentPath),
    );
  }
  return type === 'ThrowStatement' || (type === 'ExpressionStatement' && /^expect\w*\(/.test(String(place)));
}

function onlyStatementOf(node: Node | undefined): Node | undefined {
  return node?.body ? (node.body.length === 1 ? node.body[0] : undefined) : node;
}

function offsetOf(code: string, { line, column }: Position): number {
  let from = 0;
  for (let passed = 0; passed < line; passed++) from = code.indexOf('\n', from) + 1;
  return from + column;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

const nothing = () => {};
const never = () => false;
const silent = {
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
  ...{ isTraceEnabled: never, isDebugEnabled: never, isInfoEnabled: never },
  ...{ isWarnEnabled: never, isErrorEnabled: never, isFatalEnabled: never },
};
