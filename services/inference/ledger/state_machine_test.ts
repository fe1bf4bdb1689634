import assert from "node:assert/strict";
import { EVALUATION_STATUSES } from "../../../shared/contracts/evaluations.ts";
import { canChange, isFinal, TRANSITIONS } from "./state_machine.ts";

Deno.test("there is no way out of an end", () => {
  for (const end of ["succeeded", "failed", "cancelled"] as const) {
    assert.ok(isFinal(end));
    for (const to of EVALUATION_STATUSES) assert.ok(!canChange(end, to), `${end} → ${to}`);
  }
});

Deno.test("every state that is no end can be cancelled and can fail", () => {
  for (const from of EVALUATION_STATUSES.filter((status) => !isFinal(status))) {
    assert.ok(canChange(from, "cancelled"), from);
    assert.ok(canChange(from, "failed"), from);
  }
});

Deno.test("the way to success is one, and no stage is left out", () => {
  const way = ["queued", "building", "running", "scoring", "succeeded"] as const;
  for (const [at, from] of way.entries()) {
    for (const to of way.slice(at + 1)) {
      // A cluster's job is prepared before it waits.
      const hasWaited = from === "queued" && to === "running";
      assert.equal(canChange(from, to), to === way[at + 1] || hasWaited, `${from} → ${to}`);
    }
  }
});

Deno.test("back to the queue goes only what has not been scored", () => {
  const back = EVALUATION_STATUSES.filter((from) => canChange(from, "queued"));
  assert.deepEqual(back, ["building", "running"]);
});

Deno.test("every state is in the table, can be reached, and does not lead to itself", () => {
  const reached = new Set(["queued", ...Object.values(TRANSITIONS).flat()]);
  for (const status of EVALUATION_STATUSES) {
    assert.ok(Object.hasOwn(TRANSITIONS, status), status);
    assert.ok(reached.has(status), status);
    assert.ok(!canChange(status, status), status);
  }
});
