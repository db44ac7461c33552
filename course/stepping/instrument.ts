// Puts a recorder into a program: before each statement, each test of a loop and each result, a call tells the line and the
// variables that can be seen there. What the program computes stays the same, and every line stays where it was.
// In: JavaScript, as translate.ts makes it; out: JavaScript, which asks recorder.ts for a module.
import { type AnyNode, type Expression, type Program, parse, type Statement } from 'acorn';
import {
  childrenOf,
  declareBlock,
  declareVariables,
  declareVars,
  type FunctionNode,
  isFunction,
  namesAt,
  namesOf,
  openScope,
  type Scope,
} from './scopes.ts';

/** A place where the recorder is told something. */
export interface Site {
  readonly line: number;
  /** The variables in sight; the first `own` are those of the running function. */
  readonly names: readonly string[];
  readonly own: number;
}

/** All that is known of a file before it runs. */
export interface FileSites {
  readonly file: string;
  readonly sites: readonly Site[];
  /** The functions' names, for those without one the line where they begin. */
  readonly functions: readonly string[];
}

export interface InstrumentOptions {
  /** Its name, for display. */
  readonly file: string;
  /** `script`: an expression, a function of `exports, require, module, console`; `module`: with import and export. */
  readonly kind: 'script' | 'module';
  /** How the program comes to a recorder, an expression. */
  readonly recorder: string;
  /** Functions that run as they are, by their names: one steps over them. */
  isSkipped?(name: string): boolean;
}

/** Throws a SyntaxError of acorn if the code cannot be read. */
export function instrument(code: string, options: InstrumentOptions): string {
  const tree = parse(code, {
    ecmaVersion: 'latest',
    sourceType: options.kind,
    preserveParens: true,
    locations: true,
  });
  return new Instrumenter(code, options).run(tree);
}

class Instrumenter {
  readonly #code: string;
  readonly #options: InstrumentOptions;
  readonly #insertions: { readonly at: number; readonly text: string }[] = [];
  readonly #sites: Site[] = [];
  readonly #functions: string[] = [];
  /** Names that the program does not use: of the module, of the frame, of what was thrown, of a variable's number. */
  readonly #module: string;
  readonly #frame: string;
  readonly #thrown: string;
  readonly #index: string;

  constructor(code: string, options: InstrumentOptions) {
    this.#code = code;
    this.#options = options;
    let prefix = '$step';
    while (code.includes(prefix)) prefix += '$';
    this.#module = `${prefix}M`;
    this.#frame = `${prefix}F`;
    this.#thrown = `${prefix}E`;
    this.#index = `${prefix}I`;
  }

  run(tree: Program): string {
    const scope = openScope('module', null);
    const wrapper = this.#options.kind === 'script' ? wrapperOf(tree) : null;
    const statements = wrapper ? wrapper.body : tree.body;
    const start = wrapper ? wrapper.start + 1 : tree.start;
    declareBlock(statements, scope);
    for (const statement of statements) declareVars(statement, scope);
    for (const statement of statements) this.#visit(statement, scope);
    const known: FileSites = { file: this.#options.file, sites: this.#sites, functions: this.#functions };
    const opening = `const ${this.#module}=${this.#options.recorder}.open(${JSON.stringify(known)});`;
    const first = { at: firstPlace(statements, start), text: opening };
    return inserted(this.#code, [first, ...this.#insertions]);
  }

  #insert(at: number, text: string): void {
    this.#insertions.push({ at, text });
  }

  /** A new site, and the texts of its number and of what reads its variables by their numbers. */
  #site(node: AnyNode, scope: Scope, place = node.start, line = node.loc!.start.line): [string, string] {
    const { names, own } = namesAt(scope, place);
    this.#sites.push({ line, names, own });
    const cases = names.map((name, at) => `case ${at}:return ${name}`).join(';');
    return [
      String(this.#sites.length - 1),
      names.length > 0 ? `,${this.#index}=>{switch(${this.#index}){${cases}}}` : '',
    ];
  }

  #at(node: AnyNode, scope: Scope, place?: number, line?: number): string {
    const [site, reader] = this.#site(node, scope, place, line);
    return `${this.#module}.at(${this.#frame},${site}${reader})`;
  }

  /** Whatever stands outside functions or inside expressions: only functions in it are of interest. */
  #visit(node: AnyNode, scope: Scope, name = ''): void {
    if (isFunction(node)) {
      this.#function(node, scope, node.id?.name ?? name);
      return;
    }
    if (node.type === 'YieldExpression' && !node.delegate) {
      this.#yield(node, scope);
      return;
    }
    for (const child of childrenOf(node)) this.#visit(child, scope, nameGiven(node, child, name));
  }

  #yield(node: Extract<AnyNode, { type: 'YieldExpression' }>, scope: Scope): void {
    const [site, reader] = this.#site(node, scope);
    this.#insert(node.start, `${this.#module}.back(${this.#frame},(`);
    const { argument } = node;
    if (argument) {
      this.#insert(argument.start, `${this.#module}.gives(${this.#frame},${site},(`);
      this.#visit(argument, scope);
      this.#insert(argument.end, `)${reader})`);
    } else this.#insert(node.end, ` ${this.#module}.gives(${this.#frame},${site},undefined${reader})`);
    this.#insert(node.end, '))');
  }

  #function(node: FunctionNode, outside: Scope, name: string): void {
    if (this.#options.isSkipped?.(name)) return;
    const scope = openScope('function', outside);
    for (const parameter of node.params) {
      for (const each of namesOf(parameter)) scope.names.set(each, -1);
      this.#visit(parameter, scope);
    }
    const line = node.loc!.start.line;
    this.#functions.push(name === '' ? `function in line ${line}` : name);
    const opening = `const ${this.#frame}=${this.#module}.enter(${this.#functions.length - 1});`;
    const closing = `}catch(${this.#thrown}){throw ${this.#module}.threw(${this.#frame},${this.#thrown})}finally{${this.#module}.leave(${this.#frame})}`;
    const { body } = node;
    if (body.type !== 'BlockStatement') {
      const before = canBeEntered(body) ? `${this.#at(body, scope)};` : '';
      this.#insert(body.start, `{${opening}try{${before}return `);
      this.#result(body, body, scope);
      this.#insert(body.end, `${closing}}`);
      return;
    }
    const isGuarded = !hasTwins(body.body);
    this.#insert(firstPlace(body.body, body.start + 1), isGuarded ? `${opening}try{` : opening);
    declareVars(body, scope);
    const inside = this.#statements(body.body, scope);
    if (!isEnding(body.body.at(-1)))
      this.#insert(body.end - 1, `;${this.#at(body, inside, body.end, body.loc!.end.line)};`);
    if (isGuarded) this.#insert(body.end - 1, closing);
  }

  /** What a function returns, told before it is handed on. */
  #result(node: AnyNode, value: Expression, scope: Scope): void {
    const [site, reader] = this.#site(node, scope);
    this.#insert(value.start, `${this.#module}.returns(${this.#frame},${site},(`);
    this.#visit(value, scope);
    this.#insert(value.end, `)${reader})`);
  }

  #statements(statements: readonly AnyNode[], outside: Scope): Scope {
    const scope = openScope('block', outside);
    declareBlock(statements, scope);
    for (const statement of statements) this.#statement(statement as Statement, scope);
    return scope;
  }

  #statement(node: Statement, scope: Scope): void {
    if (!isSilent(node)) this.#insert(node.start, `${this.#at(node, scope)};`);
    this.#inside(node, scope);
  }

  /** The parts of a statement. */
  #inside(node: Statement, scope: Scope): void {
    switch (node.type) {
      case 'BlockStatement':
        this.#statements(node.body, scope);
        return;
      case 'ReturnStatement':
        if (node.argument) this.#result(node, node.argument, scope);
        return;
      case 'IfStatement':
        this.#visit(node.test, scope);
        this.#branch(node.consequent, scope);
        if (node.alternate) this.#branch(node.alternate, scope);
        return;
      case 'WhileStatement':
        this.#test(node.test, scope);
        this.#branch(node.body, scope, true);
        return;
      case 'DoWhileStatement':
        this.#branch(node.body, scope, true);
        this.#test(node.test, scope);
        return;
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        this.#loop(node, scope);
        return;
      case 'LabeledStatement':
        this.#inside(node.body, scope);
        return;
      case 'SwitchStatement':
        this.#switch(node, scope);
        return;
      case 'TryStatement':
        this.#try(node, scope);
        return;
      default:
        for (const child of childrenOf(node)) this.#visit(child, scope);
    }
  }

  /** A statement that may stand without braces gets some. */
  #branch(node: Statement, scope: Scope, isLoop = false): void {
    if (node.type === 'BlockStatement') {
      this.#statements(node.body, scope);
      return;
    }
    this.#insert(node.start, '{');
    if (isLoop && node.type === 'EmptyStatement') this.#insert(node.start, this.#at(node, scope));
    this.#statement(node, scope);
    this.#insert(node.end, '}');
  }

  #test(node: Expression, scope: Scope): void {
    this.#insert(node.start, `(${this.#at(node, scope)},(`);
    this.#visit(node, scope);
    this.#insert(node.end, '))');
  }

  #loop(
    node: Extract<Statement, { type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' }>,
    outside: Scope,
  ): void {
    const scope = openScope('block', outside);
    const head = node.type === 'ForStatement' ? node.init : node.left;
    if (head?.type === 'VariableDeclaration' && head.kind !== 'var') declareVariables(head, scope);
    if (head) this.#visit(head, scope);
    if (node.type === 'ForStatement') {
      if (node.test) this.#test(node.test, scope);
      if (node.update) this.#visit(node.update, scope);
      this.#branch(node.body, scope, !node.test);
      return;
    }
    this.#visit(node.right, scope);
    const { body } = node;
    const told = `${this.#at(node, scope, body.start)};`;
    if (body.type === 'BlockStatement') {
      this.#insert(body.start + 1, told);
      this.#statements(body.body, scope);
      return;
    }
    this.#insert(body.start, `{${told}`);
    this.#statement(body, scope);
    this.#insert(body.end, '}');
  }

  #switch(node: Extract<Statement, { type: 'SwitchStatement' }>, outside: Scope): void {
    this.#visit(node.discriminant, outside);
    const scope = openScope('block', outside);
    declareBlock(
      node.cases.flatMap(({ consequent }) => consequent),
      scope,
    );
    for (const { test, consequent } of node.cases) {
      if (test) this.#visit(test, scope);
      for (const statement of consequent) this.#statement(statement, scope);
    }
  }

  #try({ block, handler, finalizer }: Extract<Statement, { type: 'TryStatement' }>, outside: Scope): void {
    this.#statements(block.body, outside);
    if (handler) {
      const scope = openScope('block', outside);
      if (handler.param) {
        for (const name of namesOf(handler.param)) scope.names.set(name, -1);
        this.#visit(handler.param, scope);
      }
      this.#statements(handler.body.body, scope);
    }
    if (finalizer) this.#statements(finalizer.body, outside);
  }
}

/** Sorted by place; at one place, in the order in which they were made. */
function inserted(code: string, insertions: readonly { at: number; text: string }[]): string {
  let done = 0;
  const parts: string[] = [];
  for (const { at, text } of insertions.toSorted((a, b) => a.at - b.at)) {
    parts.push(code.slice(done, at), text);
    done = at;
  }
  return parts.join('') + code.slice(done);
}

/** The body of the function that translate.ts wraps a file into. */
function wrapperOf(tree: Program): Extract<AnyNode, { type: 'BlockStatement' }> {
  let node: AnyNode | undefined = tree.body[0];
  if (node?.type === 'ExpressionStatement') node = node.expression;
  while (node?.type === 'ParenthesizedExpression') node = node.expression;
  if (node?.type !== 'FunctionExpression') throw new SyntaxError('instrument: a script must be one function');
  return node.body;
}

/** After the directives, such as 'use strict', that a body may begin with. */
function firstPlace(statements: readonly AnyNode[], start: number): number {
  const directives = statements.filter((each) => each.type === 'ExpressionStatement' && each.directive);
  return directives.at(-1)?.end ?? start;
}

/** Statements that do nothing by themselves, or whose parts are told one by one. */
function isSilent(node: Statement): boolean {
  return (
    node.type === 'BlockStatement' ||
    node.type === 'EmptyStatement' ||
    node.type === 'FunctionDeclaration' ||
    node.type === 'TryStatement' ||
    node.type === 'WhileStatement' || // its test is told
    node.type === 'DoWhileStatement' ||
    (node.type === 'ExpressionStatement' && node.directive !== undefined)
  );
}

/** Two of one name, one of them a function: allowed in a function's body, but not inside a `try`. */
function hasTwins(statements: readonly Statement[]): boolean {
  const functions = statements.flatMap((each) => (each.type === 'FunctionDeclaration' ? [each.id.name] : []));
  if (functions.length === 0) return false;
  const scope = openScope('function', null);
  for (const statement of statements) declareVars(statement, scope);
  return new Set(functions).size < functions.length || functions.some((name) => scope.names.has(name));
}

function isEnding(node: AnyNode | undefined): boolean {
  return node?.type === 'ReturnStatement' || node?.type === 'ThrowStatement';
}

/** Whether something happens inside an expression that one may want to see before its result. */
function canBeEntered(node: AnyNode): boolean {
  return node.type === 'CallExpression' || isFunction(node) || childrenOf(node).some(canBeEntered);
}

/** The name that a function gets from where it stands: a variable, a property, a method. */
function nameGiven(parent: AnyNode, child: AnyNode, above: string): string {
  switch (parent.type) {
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' && child === parent.init ? parent.id.name : '';
    case 'AssignmentExpression':
      return parent.left.type === 'Identifier' && child === parent.right ? parent.left.name : '';
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return child === parent.value && parent.key.type === 'Identifier' ? parent.key.name : '';
    case 'ParenthesizedExpression':
      return above;
    default:
      return '';
  }
}
