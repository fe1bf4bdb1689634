import assert from "node:assert/strict";
import { mutantsOf, mutated } from "./mutants.ts";
import { testsOf } from "./importers.ts";

const TEXT = `import { a } from "./a.ts";
interface Count { readonly most: 1 | 2 }
export function f(x: number, named = true): number {
  if (!named && x < 1) return x + 2;
  return "a" + x === "a0" ? 7 : 3 * x;
}
`;

Deno.test("each operator, negation, boolean and small number is a mutant; types, imports and texts are none", () => {
  const found = mutantsOf("f.ts", TEXT).map(({ was, becomes }) => `${was} ${becomes}`);
  assert.deepEqual(found, [
    "true false",
    "!named named",
    "&& ||",
    "< <=",
    "1 2",
    "+ -",
    "2 3",
    "* /",
  ]);
});

Deno.test("one token is changed, and nothing else", () => {
  const less = mutantsOf("f.ts", TEXT).find(({ was }) => was === "<")!;
  assert.equal(mutated(TEXT, less), TEXT.replace("x < 1", "x <= 1"));
});

Deno.test("the tests of a file are those that import it, the nearest first, each once", () => {
  const importers = new Map([
    ["shared/a.ts", ["shared/b.ts", "shared/a_test.ts", "tests/x_test.ts"]],
    ["shared/b.ts", ["shared/b_test.ts", "shared/a.ts", "shared/a_test.ts"]],
  ]);
  assert.deepEqual(testsOf("shared/a.ts", importers), ["shared/a_test.ts", "shared/b_test.ts"]);
});
