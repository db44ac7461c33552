// Which variables a line of code can see: names by scope, from the innermost outwards. In: a syntax tree's declarations; out:
// the names that may be read at a place, those of the function that is running first.
import type { AnyNode, Pattern } from 'acorn';

export interface Scope {
  /** `function` also holds the parameters and every `var` of its body. */
  readonly kind: 'module' | 'function' | 'block';
  /** Each name with the place from which on it has a value; -1 where that is from the beginning. */
  readonly names: Map<string, number>;
  readonly parent: Scope | null;
}

export function openScope(kind: Scope['kind'], parent: Scope | null): Scope {
  return { kind, names: new Map(), parent };
}

/** The names that may be read at a place, and how many of them belong to the function that is running. */
export function namesAt(scope: Scope, place: number): { names: string[]; own: number } {
  const seen = new Set<string>();
  const groups: string[][] = [[]];
  for (let each: Scope | null = scope; each; each = each.parent) {
    const fresh = [...each.names].filter(([name, from]) => from <= place && !seen.has(name));
    for (const [name] of fresh) seen.add(name);
    groups.at(-1)!.unshift(...fresh.map(([name]) => name));
    if (each.kind === 'function') groups.push([]);
  }
  return { names: groups.flat(), own: groups[0]!.length };
}

/** Declares the `let` and `const` of a list of statements for its block. Functions and classes are not shown. */
export function declareBlock(statements: readonly AnyNode[], scope: Scope): void {
  for (const statement of statements) {
    const declared =
      statement.type === 'ExportNamedDeclaration' && statement.declaration
        ? statement.declaration
        : statement;
    if (declared.type === 'VariableDeclaration' && declared.kind !== 'var') declareVariables(declared, scope);
  }
}

export function declareVariables(
  { declarations }: Extract<AnyNode, { type: 'VariableDeclaration' }>,
  scope: Scope,
): void {
  for (const { id, init, end } of declarations) {
    if (isRequire(init)) continue;
    for (const name of namesOf(id)) scope.names.set(name, end);
  }
}

/** Declares every `var` below a node, but not those of functions inside it. */
export function declareVars(node: AnyNode, scope: Scope): void {
  if (node.type === 'VariableDeclaration' && node.kind === 'var') declareVariables(node, scope);
  if (isFunction(node) || node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return;
  for (const child of childrenOf(node)) declareVars(child, scope);
}

/** The names that a pattern binds, in their order. */
export function namesOf(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesOf(element) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    case 'RestElement':
      return namesOf(pattern.argument);
    default:
      return [];
  }
}

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** The nodes right below a node, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const key of Object.keys(node)) {
    const value: unknown = node[key as keyof AnyNode];
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** What translate.ts makes of an import is no variable of the reader's. */
function isRequire(init: AnyNode | null | undefined): boolean {
  return (
    init?.type === 'CallExpression' && init.callee.type === 'Identifier' && init.callee.name === 'require'
  );
}
