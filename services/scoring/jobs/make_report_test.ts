import fc from "fast-check";
import assert from "node:assert/strict";
import { aggregateToExams, type Sample } from "../../../shared/domain/mod.ts";
import { makeReport } from "./make_report.ts";

/** Typical and extreme scores: probabilities, logits, all equal, the tiniest and the largest. */
const score = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: -50, max: 50, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, -0, 5e-324, 1e300, -1e300),
);

const breasts = fc.array(fc.tuple(score, fc.boolean()), { maxLength: 24 });

function samplesOf(rows: readonly (readonly [score: number, positive: boolean])[]): Sample[] {
  return rows.map(([score, positive], at) => ({
    examIndex: at >> 1,
    exam: `exam ${at >> 1}`,
    laterality: at % 2 === 0 ? "left" : "right",
    view: null,
    image: null,
    score,
    label: positive ? 1 : 0,
  }));
}

Deno.test("whatever was scored, there are a page, plots and no number that is none", async () => {
  await fc.assert(
    fc.asyncProperty(breasts, async (rows) => {
      const breast = samplesOf(rows);
      const exams = new Set(breast.filter((_, at) => at % 4 < 2).map(({ examIndex }) => examIndex));
      const { report, files } = await makeReport({
        names: {
          id: "0193f1f0-0000-7000-8000-000000000001",
          dataset: "d",
          model: "m",
          experiment: "e",
          evaluation: null,
        },
        samples: {
          breast,
          image: null,
          exam: aggregateToExams(breast, new Map()),
          noBreasts: null,
        },
        groupings: [{
          key: "half",
          source: "data_list",
          bins: null,
          negatives: "own",
          groups: [{ group: "this", exams }],
        }],
        measure: {
          bootstrap: null,
          operatingPoints: [{ specificity: 0.9 }, { threshold: 0.5 }],
          prevalence: 0.006,
        },
        warnings: [],
        provenance: {},
      });
      const text = (name: string): string =>
        String(files.find((file) => file.name === name)!.content);
      for (const shown of [text("report.html"), text("breast_roc.svg"), text("curves.json")]) {
        assert.doesNotMatch(shown, /NaN|Infinity/);
      }
      assert.match(text("report.html"), /<h1>m on d<\/h1>/);
      assert.equal(report.misses.positives.length, Math.min(10, report.levels.breast.positives));
      assert.ok(
        files.some(({ name, content }) => name === "breast_roc.png" && content.length > 999),
      );
    }),
    { numRuns: 20 },
  );
});
