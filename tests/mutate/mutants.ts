import ts from "typescript";

/** One changed token of a source file. */
export interface Mutant {
  /** Offsets of the token in the text. */
  readonly start: number;
  readonly end: number;
  readonly was: string;
  readonly becomes: string;
}

/** Operators and what they become. */
const OPERATORS: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "??": "&&",
  "+=": "-=",
  "-=": "+=",
};
/** Numbers at which code counts, begins or ends; others are often sizes and colours. */
const NUMBERS: Readonly<Record<string, string>> = { "0": "1", "1": "2", "2": "3" };

/**
 * @param text TypeScript or TSX
 * @returns every mutant, in order; none in types and imports
 */
export function mutantsOf(path: string, text: string): Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const add = (node: ts.Node, becomes: string | undefined): void => {
    if (becomes === undefined) return;
    const start = node.getStart(source);
    found.push({ start, end: node.getEnd(), was: node.getText(source), becomes });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || isDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const joinsText = [node.left, node.right].some(ts.isStringLiteralLike);
      if (!joinsText && !mixes(node)) {
        add(node.operatorToken, OPERATORS[node.operatorToken.getText(source)]);
      }
    }
    if (ts.isNumericLiteral(node)) add(node, NUMBERS[node.text]);
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, "false");
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, "true");
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      add(node, node.operand.getText(source));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.toSorted((a, b) => a.start - b.start);
}

/** `??` beside `&&` or `||` is a syntax error, which every test would notice. */
function mixes({ operatorToken, left, right, parent }: ts.BinaryExpression): boolean {
  return isLogical(operatorToken) &&
    [left, right, parent].some((node) =>
      ts.isBinaryExpression(node) && isLogical(node.operatorToken)
    );
}

function isLogical({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken;
}

function isDeclaration(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** @returns the text with the mutant in it */
export function mutated(text: string, { start, end, becomes }: Mutant): string {
  return text.slice(0, start) + becomes + text.slice(end);
}
