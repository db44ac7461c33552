// Reads a file of the library with TypeScript's parser: where its functions begin and end, what it imports and declares.
// In: a path below the repository; out: positions, from which stubs and sockets are cut.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The repository's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFunction {
  readonly name: string;
  /** From its doc comment, or from the function if it has none, to its end. */
  readonly start: number;
  readonly end: number;
  /** Where the declaration begins, after the doc comment. */
  readonly head: number;
  /** The braces of its body. */
  readonly body: { readonly start: number; readonly end: number };
  readonly isExported: boolean;
  /** Whether its signature says what it returns. */
  readonly isTyped: boolean;
}

/** A name of the file's top level: imported, or declared there. */
export interface SourceName {
  readonly name: string;
  readonly isType: boolean;
  /** Where it comes from, a path below the repository or a package's name, and its name there. */
  readonly from: string;
  readonly original: string;
  readonly isExported: boolean;
}

export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly functions: ReadonlyMap<string, SourceFunction>;
  readonly names: ReadonlyMap<string, SourceName>;
}

const read = new Map<string, SourceFile>();

/** Parses a file of the repository; a second call gives what the first one read. */
export function sourceFile(file: string): SourceFile {
  const known = read.get(file);
  if (known) return known;
  const source = parseSource(file, readFileSync(root + file, 'utf8'));
  read.set(file, source);
  return source;
}

export function parseSource(file: string, text: string): SourceFile {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const functions = new Map<string, SourceFunction>();
  const names = new Map<string, SourceName>();
  for (const statement of tree.statements) {
    if (ts.isImportDeclaration(statement)) addImports(statement, file, names);
    else addDeclared(statement, file, names);
    if (!ts.isFunctionDeclaration(statement) || !statement.name || !statement.body) continue;
    const { name, body } = statement;
    const comments = ts.getJSDocCommentsAndTags(statement).filter(ts.isJSDoc);
    functions.set(name.text, {
      name: name.text,
      start: comments.at(-1)?.getStart(tree) ?? statement.getStart(tree),
      head: statement.getStart(tree),
      end: statement.end,
      body: { start: body.getStart(tree), end: body.end },
      isExported: isExported(statement),
      isTyped: statement.type !== undefined,
    });
  }
  return { file, text, functions, names };
}

function addImports(statement: ts.ImportDeclaration, file: string, names: Map<string, SourceName>): void {
  const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
  const from = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier;
  const clause = statement.importClause;
  if (!clause) return;
  const isTypeOnly = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const add = (name: string, original: string, isType: boolean) =>
    names.set(name, { name, original, isType, from, isExported: false });
  if (clause.name) add(clause.name.text, 'default', isTypeOnly);
  const bindings = clause.namedBindings;
  if (!bindings) return;
  if (ts.isNamespaceImport(bindings)) {
    add(bindings.name.text, '*', isTypeOnly);
    return;
  }
  for (const { name, propertyName, isTypeOnly: alone } of bindings.elements) {
    add(name.text, propertyName?.text ?? name.text, isTypeOnly || alone);
  }
}

function addDeclared(statement: ts.Statement, file: string, names: Map<string, SourceName>): void {
  const add = (name: string, isType: boolean) =>
    names.set(name, { name, original: name, isType, from: file, isExported: isExported(statement) });
  if (ts.isVariableStatement(statement)) {
    for (const { name } of statement.declarationList.declarations)
      if (ts.isIdentifier(name)) add(name.text, false);
  } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    if (statement.name) add(statement.name.text, false);
  } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    add(statement.name.text, true);
  }
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** Every word of a text that may name something of its file's top level. */
export function wordsIn(text: string): Set<string> {
  const words = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) words.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('words.ts', text, ts.ScriptTarget.ES2022, true));
  return words;
}
