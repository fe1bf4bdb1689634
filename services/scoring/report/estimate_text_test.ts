import assert from "node:assert/strict";
import { estimateText } from "./estimate_text.ts";

Deno.test("an estimate says what it is, and why something is missing", () => {
  const full = { value: 0.8671, ci: [0.5, 1], confidence: 0.95 } as const;
  assert.equal(estimateText("AUROC", full), "AUROC 0.867 (95 % CI 0.500–1.000)");
  assert.equal(
    estimateText("AUROC", { ...full, by: "exam", confidence: 0.999 }),
    "AUROC 0.867 (99.9 % CI by exam 0.500–1.000)",
  );
  assert.equal(estimateText("AUROC", { ...full, ci: null }), "AUROC 0.867 (no interval)");
  assert.equal(
    estimateText("AUROC", { ...full, ci: null, undefined: "fewer than 8 samples" }),
    "AUROC 0.867 (no interval: fewer than 8 samples)",
  );
  assert.equal(
    estimateText("AUROC", { ...full, value: null, undefined: "there are no positives" }),
    "AUROC undefined: there are no positives",
  );
});
