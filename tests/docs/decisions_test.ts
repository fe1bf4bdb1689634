import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { readLinks } from "./markdown.ts";

/** Decisions have one form, name files that exist, and are listed in their index. */

const FOLDER = join(PROJECT, "docs", "decisions");
const INDEX = "README.md";
const SECTIONS = ["Context", "Decision", "Price", "Where"];
/** Shortest and longest decision, in lines. */
const LINES = { min: 15, max: 25 };

function read(name: string): string {
  return Deno.readTextFileSync(join(FOLDER, name));
}

const decisions = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
  .filter((name) => name !== INDEX).sort();

/** @returns the paths in backticks below the heading "Where" */
function pathsOf(decision: string): string[] {
  const where = decision.split(/^## Where$/m)[1] ?? "";
  return [...where.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

Deno.test("decisions are numbered from 1 without gaps", () => {
  const numbers = decisions.map((name) => /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md$/.exec(name)?.[1]);
  assert.deepEqual(numbers, decisions.map((_, index) => `${index + 1}`.padStart(4, "0")));
});

Deno.test("each decision has a title, four sections and a readable length", () => {
  for (const name of decisions) {
    const text = read(name);
    assert.match(text, new RegExp(`^# ${name.slice(0, 4)}: \\S`), `${name}: title`);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    assert.deepEqual(headings, SECTIONS, name);
    const lines = text.trimEnd().split("\n").length;
    assert.ok(lines >= LINES.min && lines <= LINES.max, `${name} has ${lines} lines`);
  }
});

Deno.test("every file that a decision names exists", () => {
  const missing: string[] = [];
  for (const name of decisions) {
    const paths = pathsOf(read(name));
    assert.ok(paths.length > 0, `${name} names no file`);
    for (const path of paths) {
      try {
        assert.ok(Deno.statSync(join(PROJECT, path)).isFile);
      } catch {
        missing.push(`docs/decisions/${name}: ${path}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("the index lists every decision once, with its number and title", () => {
  const index = read(INDEX);
  assert.deepEqual(readLinks(index).map(({ target }) => target), decisions);
  for (const name of decisions) {
    const [number, title] = /^# (\d{4}): (.+)$/m.exec(read(name))!.slice(1);
    assert.ok(
      index.includes(`- [${number}](${name}) ${title}\n`),
      `${name} is listed by its title`,
    );
  }
});
