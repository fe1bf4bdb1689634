/// <reference lib="deno.unstable" />
import assert from "node:assert/strict";
import { relative } from "node:path";
import { isTest, projectFiles, root } from "./project_files.ts";

/** Most lines of a function, from its head to its closing brace: one screen. */
const FUNCTION_LINES_MAX = 70;

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Reports each function that is too long. */
const FITS_ON_A_SCREEN: Deno.lint.Plugin = {
  name: "mammoeval",
  rules: {
    "fits-on-a-screen": {
      create(context): Deno.lint.LintVisitor {
        function look(node: FunctionNode): void {
          const text = context.sourceCode.getText(node);
          const lines = text.split("\n").length;
          if (lines <= FUNCTION_LINES_MAX) return;
          context.report({ node, message: `${lines} lines: ${text.slice(0, text.indexOf("{"))}` });
        }
        return {
          FunctionDeclaration: look,
          FunctionExpression: look,
          ArrowFunctionExpression: look,
        };
      },
    },
  },
};

function tooLong(path: string, source: string): string[] {
  return Deno.lint.runPlugin(FITS_ON_A_SCREEN, path, source)
    .map(({ message }) => `${relative(root, path)}: ${message.trim()}`);
}

Deno.test("a long function is found, also within another one, and a short one is not", () => {
  const long = `() => {${"\n".repeat(FUNCTION_LINES_MAX)}}`;
  const short = long.replace("\n", "");
  const source = `export const a = ${long};\nfunction b() { return ${short}; }\n`;
  assert.deepEqual(
    tooLong("a.ts", source).map((found) => found.replace(/^.*: /, "")),
    [
      `() =>`,
      `function b()`,
    ].slice(0, 1),
  );
});

Deno.test("every function of what ships fits on a screen", async () => {
  const found: string[] = [];
  for await (const path of projectFiles()) {
    if (!isTest(relative(root, path))) found.push(...tooLong(path, await Deno.readTextFile(path)));
  }
  assert.deepEqual(found, []);
});
