import assert from "node:assert/strict";
import { DECISION_MEASURES } from "../../../shared/contracts/paired_decisions.ts";
import { designOf, stream } from "../statistics/mod.ts";
import { type PairedCalls, pairedShares } from "./paired_measures.ts";

function drawn(step: number): { calls: PairedCalls; women: Int32Array } {
  const random = stream(41, step);
  const size = 10 + random.integer(30);
  const bits = (): Uint8Array => Uint8Array.from({ length: size }, () => random.integer(2));
  const women = Int32Array.from({ length: size }, () => random.integer(9));
  const labels = bits();
  labels.set([0, 1]);
  const design = designOf(new Float64Array(size).fill(1), women, null);
  return { calls: { labels, first: bits(), second: bits(), design }, women };
}

function close(ours: number | null, theirs: number, what: string): void {
  assert.ok(ours !== null && Math.abs(ours - theirs) < 1e-9, `${what}: ${ours} ${theirs}`);
}

Deno.test("paired shares by woman: Obuchowski's variances from the sums of each woman", () => {
  for (let step = 0; step < 100; step++) {
    const { calls, women } = drawn(step);
    for (const measure of DECISION_MEASURES) {
      const per = measure === "detection_per_1000" ? 1000 : 1;
      const sums = new Map<number, { pairs: number; first: number; second: number }>();
      for (const [at, label] of calls.labels.entries()) {
        if (measure === "sensitivity" && label === 0) continue;
        if (measure === "specificity" && label === 1) continue;
        const held = sums.get(women[at]!) ?? { pairs: 0, first: 0, second: 0 };
        const value = (call: number): number =>
          measure === "specificity"
            ? 1 - call
            : measure === "detection_per_1000"
            ? call * label
            : call;
        held.pairs += 1;
        held.first += value(calls.first[at]!);
        held.second += value(calls.second[at]!);
        sums.set(women[at]!, held);
      }
      const held = [...sums.values()];
      const m = held.length;
      if (m < 2) continue;
      const of = held.reduce((sum, { pairs }) => sum + pairs, 0);
      const share = (name: "first" | "second"): number =>
        held.reduce((sum, one) => sum + one[name], 0) / of;
      const difference = share("first") - share("second");
      const varianceAround = (centre: number): number =>
        m / (m - 1) * held.reduce((sum, { pairs, first, second }) =>
          sum + (first - second - pairs * centre) ** 2, 0) /
        of ** 2;
      const ours = pairedShares(measure, calls, null, 0.95);
      close(ours.first, share("first") * per, measure);
      close(ours.difference, difference * per, measure);
      close(ours.se, Math.sqrt(varianceAround(difference)) * per, measure);
      const error = varianceAround(0);
      close(ours.clustered!.chi2, error > 0 ? difference ** 2 / error : 0, measure);
      assert.equal(ours.clustered!.clusters, m);
      assert.equal(ours.both + ours.first_only + ours.second_only + ours.neither, of);
    }
  }
});

Deno.test("paired shares turn with the order, and a wider margin is easier to keep", () => {
  for (let step = 0; step < 100; step++) {
    const { calls } = drawn(step);
    const turned = { ...calls, first: calls.second, second: calls.first };
    for (const measure of DECISION_MEASURES) {
      const per = measure === "detection_per_1000" ? 1000 : 1;
      const at = (margin: number) => pairedShares(measure, calls, margin * per, 0.95);
      const [ours, theirs] = [at(0.1), pairedShares(measure, turned, null, 0.95)];
      close(ours.difference, -theirs.difference!, measure);
      close(ours.p, theirs.p!, measure);
      close(ours.mcnemar.p, theirs.mcnemar.p, measure);
      if (ours.tango !== null) close(ours.tango[0], -theirs.tango![1], measure);
      const wider = at(0.3).non_inferiority!;
      assert.ok(wider.tango_p <= ours.non_inferiority!.tango_p + 1e-12, measure);
      if (ours.non_inferiority!.holds) assert.ok(wider.holds, measure);
    }
  }
});

Deno.test("non-inferiority of the recall rate: a lower one is better", () => {
  const size = 200;
  const calls = (share: number): Uint8Array =>
    Uint8Array.from({ length: size }, (_, at) => at < share * size ? 1 : 0);
  const design = designOf(new Float64Array(size).fill(1), null, null);
  const labels = new Uint8Array(size);
  const judge = (first: number, second: number): boolean | null =>
    pairedShares(
      "recall_rate",
      { labels, first: calls(first), second: calls(second), design },
      0.05,
      0.95,
    ).non_inferiority!.holds;
  assert.equal(judge(0.05, 0.2), true);
  assert.equal(judge(0.2, 0.05), false);
});
