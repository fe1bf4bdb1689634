import assert from "node:assert/strict";
import { createLatestWork } from "./latest_work.ts";

Deno.test("a second start joins the work that goes on", async () => {
  const latest = createLatestWork<string[]>();
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const start = (): Promise<void> =>
    latest.start("toy", () => {
      begun += 1;
      return ["begun"];
    }, async (update) => {
      await gate.promise;
      update((state) => [...state, "done"]);
    });
  const [first, second] = [start(), start()];
  assert.deepEqual(latest.get("toy"), ["begun"]);
  assert.equal(latest.get("other"), null);
  gate.resolve();
  await Promise.all([first, second]);
  assert.equal(begun, 1);
  assert.deepEqual(latest.get("toy"), ["begun", "done"]);
  await start();
  assert.equal(begun, 2);
});
