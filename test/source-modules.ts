// Who imports whom in lib/, read from the sources with the TypeScript parser. For the tests that hold the library to its
// layout.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface Import {
  /** A file from the root, such as `lib/model/lora.ts`, or a package's name. */
  readonly target: string;
  /** `type` vanishes when the types do; `value` runs the target; `dynamic` runs it when it is asked for. */
  readonly kind: 'type' | 'value' | 'dynamic';
}

/** All source files of lib/, from the root. */
export function libraryFiles(): string[] {
  return readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .map((file) => `lib/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.m?ts$/.test(file))
    .sort();
}

const known = new Map<string, readonly Import[]>();

/** What a file imports. */
export function importsOf(file: string): readonly Import[] {
  const found = known.get(file) ?? importsIn(readFileSync(join(root, file), 'utf8'), file);
  known.set(file, found);
  return found;
}

/** What a text imports, as if it were that file. */
export function importsIn(text: string, file: string): Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Expression | undefined, kind: Import['kind']) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const { text: name } = specifier;
    const target = name.startsWith('.') ? posix.join(posix.dirname(file), name) : name;
    imports.push({ target, kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.isTypeOnly ? 'type' : 'value');
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value');
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic');
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal as ts.Expression, 'type');
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return imports;
}

/** The files that run when one of these is imported, themselves included. */
export function runBy(...files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const { target, kind } of importsOf(file))
      if (kind === 'value' && target.startsWith('lib/')) visit(target);
  };
  for (const file of files) visit(file);
  return found;
}
