import assert from "node:assert/strict";
import { join } from "node:path";
import { EVALUATION_ERROR_TYPES } from "../../shared/contracts/evaluations.ts";
import { PROBLEMS } from "../../shared/http/mod.ts";
import { PROJECT } from "../support/embedded_service.ts";

const document = await Deno.readTextFile(join(PROJECT, "docs/problem_types.md"));

/** @returns cells of the rows of a chapter's table */
function rowsOf(chapter: string): string[][] {
  const text = document.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? "";
  return [...text.matchAll(/^\| `(.*) \|$/gm)].map(([, row]) => row!.replace("`", "").split(" | "));
}

Deno.test("problem types: the document has each one, with its status and title, and no other", () => {
  assert.deepEqual(
    rowsOf("Answers to requests").map(([type, status, title]) => [type, status, title]),
    Object.entries(PROBLEMS).map(([type, { status, title }]) => [type, String(status), title]),
  );
});

Deno.test("problem types: the document has each reason for which an evaluation fails", () => {
  assert.deepEqual(
    rowsOf("Why an evaluation failed").map(([type]) => type),
    [...EVALUATION_ERROR_TYPES],
  );
});
