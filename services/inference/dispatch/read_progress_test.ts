import assert from "node:assert/strict";
import type { Progress } from "../ledger/ledger.ts";
import { readProgress } from "./read_progress.ts";

const NOTHING: Progress = { done: null, total: null, note: null };
const STAGE: Progress = { done: null, total: null, note: "Stage 2: centres" };

const LINES: readonly [string, Progress, Progress | null][] = [
  ["Stage 2: Extract Centers", NOTHING, { ...NOTHING, note: "Stage 2: Extract Centers" }],
  ["Stage 1/2: reading", { ...STAGE, done: 3, total: 4 }, {
    ...NOTHING,
    note: "Stage 1/2: reading",
  }],
  [" 45%|####      | 9/20 [00:03<00:04, 2.5it/s]", NOTHING, { done: 9, total: 20, note: null }],
  ["100%|##########| 20/20 [00:07<00:00]", STAGE, { done: 20, total: 20, note: STAGE.note }],
  ["crops:  5%|5    | 1/20 [00:01<?, ?it/s]", NOTHING, { done: 1, total: 20, note: null }],
  ["image 3/16", NOTHING, { done: 3, total: 16, note: null }],
  ["Scoring exam 7 of 20 now", STAGE, { done: 7, total: 20, note: STAGE.note }],
  ["batches 2/5", NOTHING, { done: 2, total: 5, note: null }],
  ["loaded weights from 2/3/models", NOTHING, null],
  ["Stage fright", NOTHING, null],
  ["50% done", NOTHING, null],
  ["", STAGE, null],
];

for (const [line, before, after] of LINES) {
  Deno.test(`progress in ${JSON.stringify(line)}`, () => {
    assert.deepEqual(readProgress(line, before), after);
  });
}

Deno.test("a note is no longer than a screen line or two", () => {
  assert.equal(readProgress(`Stage 1: ${"x".repeat(5000)}`, NOTHING)?.note?.length, 200);
});
