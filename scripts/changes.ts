// Small changes of code, one place each, that tests should notice. In: the text of a file; out: places, and what to write there.
import ts from 'typescript';

export interface ChangeOfText {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Operators, and what is written in their place. */
const opposites: Record<string, string> = {
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '**': '*', '+=': '-=', '-=': '+=', '*=': '/=' },
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' },
  ...{ '&&': '||', '||': '&&', '??': '&&' },
};
/** Everything that can be changed in TypeScript: operators, numbers, conditions, statements, the order of arguments. */
export function changesIn(code: string): ChangeOfText[] {
  const source = ts.createSourceFile('code.ts', code, ts.ScriptTarget.Latest, true);
  const changes: ChangeOfText[] = [];
  const replace = (node: ts.Node, ...texts: (string | undefined)[]) => {
    const [from, to] = [node.getStart(), node.getEnd()];
    for (const written of texts) if (written !== undefined) changes.push({ from, to, text: written });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) replace(node.operatorToken, opposites[node.operatorToken.getText()]);
    else if (ts.isNumericLiteral(node)) replace(node, `${Number(node.text) + 1}`, halfOf(node.text));
    else if (ts.isPrefixUnaryExpression(node)) replace(node, node.operand.getText());
    else if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true');
    else if (node.getText() === 'Math.min') replace(node, 'Math.max');
    else if (node.getText() === 'Math.max') replace(node, 'Math.min');
    else if (ts.isConditionalExpression(node)) replace(node.condition, 'false', 'true');
    else if (ts.isIfStatement(node)) replace(node.expression, 'false', 'true');
    else if (ts.isExpressionStatement(node) || ts.isThrowStatement(node) || ts.isContinueStatement(node)) {
      replace(node, ';');
    } else if (ts.isCallExpression(node) && node.arguments.length === 2) {
      const [first, second] = node.arguments.map((argument) => argument.getText());
      replace(node, `${node.expression.getText()}(${second}, ${first})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return changes;
}

/** Half of a number; nothing where that is the same. */
function halfOf(digits: string): string | undefined {
  return Number(digits) === 0 ? undefined : `${Number(digits) / 2}`;
}
