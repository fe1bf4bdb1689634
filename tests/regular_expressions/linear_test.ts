import assert from "node:assert/strict";
import { relative } from "node:path";
import { checkSync } from "recheck";
import { isTest, projectFiles, root } from "../architecture/project_files.ts";

// The checker's own JavaScript: its Java and native builds need not be there.
Deno.env.set("RECHECK_BACKEND", "pure");

/** Where a pattern stands, and what it is. */
interface Found {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** The part of the linter's plug-ins that is used; the compiler knows it in `deno lint` alone. */
interface Lint {
  runPlugin(plugin: unknown, file: string, text: string): void;
}

/** A node of a syntax tree. */
interface Node {
  readonly range: readonly [number, number];
  readonly callee?: { readonly type: string; readonly name?: string };
}

/** Finds every regular expression literal, and every place that makes one from a string. */
async function findAll(): Promise<{ literals: Found[]; made: string[] }> {
  const literals: Found[] = [];
  const made: string[] = [];
  for await (const path of projectFiles()) {
    const name = relative(root, path);
    if (isTest(name) || !/^(?:services|shared|cli|client)\//.test(name)) continue;
    const text = await Deno.readTextFile(path);
    const at = (node: Node): string => `${name}:${text.slice(0, node.range[0]).split("\n").length}`;
    (Deno as unknown as { lint: Lint }).lint.runPlugin(
      {
        name: "collect",
        rules: {
          expressions: {
            create: (): unknown => ({
              Literal(node: Node): void {
                const written = text.slice(...node.range);
                if (!written.startsWith("/")) return;
                const end = written.lastIndexOf("/");
                literals.push({
                  place: at(node),
                  source: written.slice(1, end),
                  flags: written.slice(end + 1),
                });
              },
              NewExpression(node: Node): void {
                if (node.callee?.name === "RegExp") {
                  made.push(at(node));
                }
              },
            }),
          },
        },
      },
      path,
      text,
    );
  }
  return { literals, made };
}

/** Patterns that are made of strings, and why they are linear. */
const MADE = new Map([
  ["cli/failure.ts", "a literal text between two looks at one character"],
]);
/**
 * Checks of one pattern may take this long before another kind of check is tried, in milliseconds: far longer than
 * any takes, on a busy machine too.
 */
const CHECK_MS = 900_000;

/** What an expression can be made to do, by automata, or by fuzzing where those are too large. */
function problemOf({ place, source, flags }: Found): string | null {
  for (const checker of ["auto", "fuzz"] as const) {
    const result = checkSync(source, flags, { checker, timeout: CHECK_MS, randomSeed: 1 });
    if (result.status === "safe") return null;
    if (result.status === "vulnerable") {
      return `${place} /${source}/${flags}: ${result.complexity.summary}`;
    }
  }
  return `${place} /${source}/${flags}: cannot be checked, make it simpler`;
}

const { literals, made } = await findAll();

Deno.test("every regular expression takes linear time, whatever text it meets", () => {
  assert.ok(literals.length > 200, "there is something to check");
  const distinct = new Map(literals.map((found) => [`/${found.source}/${found.flags}`, found]));
  const vulnerable = [...distinct.values()].map(problemOf).filter((problem) => problem !== null);
  assert.deepEqual(vulnerable, []);
});

Deno.test("no other expression is made of strings", () => {
  assert.deepEqual(made.map((place) => place.split(":")[0]), [...MADE.keys()]);
});

Deno.test("the check finds expressions that take quadratic or exponential time", () => {
  for (const source of ["^\\d+\\.?\\d*$", "\\s+$", "^(a|a)*$", "a.*b.*c"]) {
    assert.notEqual(problemOf({ place: "here", source, flags: "" }), null, source);
  }
});
