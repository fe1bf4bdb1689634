import assert from "node:assert/strict";
import { factsOf } from "./facts.ts";
import { BARE_REPORT, FULL_REPORT } from "../../../../tests/support/scoring/report.ts";

function valueOf(provenance: Record<string, unknown>, name: string): string | undefined {
  return factsOf({ ...FULL_REPORT, provenance }).find((fact) => fact.name === name)?.value;
}

Deno.test("provenance has names for people and values that can be read", () => {
  assert.equal(valueOf({ run_ms: 5_423_000 }, "Time to run"), "1 h 30 min");
  assert.equal(valueOf({ blind: true }, "Labels hidden from the model"), "yes");
  assert.equal(valueOf({ gpus: [] }, "GPUs"), "none");
  assert.equal(valueOf({ gpus: [0, 1] }, "GPUs"), "0, 1");
  assert.equal(valueOf({ parameters: {} }, "Model parameters"), "none");
  assert.equal(valueOf({ parameters: { A: "x", B: 2, C: null } }, "Model parameters"), "A=x, B=2");
  assert.equal(
    valueOf({ image: { tag: "t", digest: "d", built_at: "?" } }, "Container image"),
    "t",
  );
});

Deno.test("what has no name is shown under its own, what stands elsewhere is not", () => {
  assert.equal(valueOf({ later_addition: [{ a: 1 }] }, "later_addition"), '{"a":1}');
  const names = factsOf({ ...FULL_REPORT, provenance: { operating_points: [{}], content: "x" } })
    .map(({ name }) => name);
  assert.ok(!names.includes("operating_points") && !names.includes("content"));
});

Deno.test("a digest is set as code, and nothing is made up for what is not known", () => {
  const facts = factsOf(FULL_REPORT);
  assert.equal(facts.find(({ name }) => name === "Dataset digest")?.code, true);
  const bare = factsOf(BARE_REPORT).map(({ name }) => name);
  assert.deepEqual(bare, ["Data list SHA-256", "Intervals", "Scored", "Score report"]);
  assert.match(factsOf(BARE_REPORT)[1]!.value, /no bootstrap/);
});
