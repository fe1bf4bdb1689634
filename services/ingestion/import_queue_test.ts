import assert from "node:assert/strict";
import { IMPORTS_AT_ONCE, PACS_IMPORTS_AT_ONCE } from "../../shared/limits.ts";
import { createImportQueue, type ImportQueue } from "./import_queue.ts";

/** A queue whose imports run until they are ended by name. */
function heldQueue(): { queue: ImportQueue; begun: string[]; end: (id: string) => Promise<void> } {
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  const queue = createImportQueue((id, _, signal) => {
    begun.push(id);
    return new Promise((resolve) => {
      open.set(id, resolve);
      signal.addEventListener("abort", () => resolve());
    });
  });
  return {
    queue,
    begun,
    async end(id): Promise<void> {
      open.get(id)!();
      await queue.settled(id, 10);
      await Promise.resolve();
    },
  };
}

Deno.test("imports from a PACS that never end leave turns for lists and for other users", async () => {
  const { queue, begun, end } = heldQueue();
  const pacs = (user: string): { user: string; isFromPacs: true } => ({ user, isFromPacs: true });
  for (const id of ["endless 1", "endless 2", "endless 3"]) queue.add(id, pacs("mallory"));
  assert.deepEqual(begun, ["endless 1"]);
  queue.add("other", pacs("ada"));
  assert.deepEqual(begun, ["endless 1", "other"]);
  assert.equal(begun.length, PACS_IMPORTS_AT_ONCE);
  for (let at = 0; at < IMPORTS_AT_ONCE; at++) {
    queue.add(`list ${at}`, { user: "mallory", isFromPacs: false });
  }
  assert.equal(begun.length, PACS_IMPORTS_AT_ONCE + IMPORTS_AT_ONCE);
  await queue.breakOff("endless 1");
  assert.ok(begun.includes("endless 2"), "what was broken off makes room");
  await end("other");
  assert.ok(!begun.includes("endless 3"));
  await queue.stop();
});

Deno.test("of imports that wait, those of whom has fewest running come first", async () => {
  const { queue, begun, end } = heldQueue();
  const of = (user: string): { user: string; isFromPacs: false } => ({ user, isFromPacs: false });
  for (let at = 0; at < IMPORTS_AT_ONCE + 3; at++) queue.add(`bulk ${at}`, of("bulk"));
  queue.add("single", of("ada"));
  await end("bulk 0");
  assert.equal(begun.at(-1), "single");
  await queue.stop();
});
