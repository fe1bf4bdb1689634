import assert from "node:assert/strict";
import fc from "fast-check";
import { type Areas, areasOfCells } from "./areas.ts";
import { cellCounts, layOutCells } from "./cells.ts";
import { gradientsOfCells } from "./influence.ts";
import { agree, arbitraryTwoClasses } from "../../../tests/support/scoring/samples.ts";

const AREAS = ["auroc", "auprc", "averagePrecision"] as const;

/** The areas with scaled cell weights, for derivatives by finite differences. */
function areasAt(
  counts: Int32Array,
  positiveScores: number,
  cell: number,
  more: number,
): Areas {
  const scale = 2 ** 20;
  const weights = counts.map((count) => count * scale);
  weights[cell]! += more;
  const areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
  areasOfCells(weights, positiveScores, areas);
  return areas;
}

Deno.test("gradients are what the areas change by, and sum to 0 over the sample", () => {
  fc.assert(fc.property(arbitraryTwoClasses(30), ({ scores, labels }) => {
    const cells = layOutCells(scores, labels);
    const counts = cellCounts(cells);
    const gradients = gradientsOfCells(counts, cells.positiveScores);
    for (const area of AREAS) {
      let sum = 0;
      for (let cell = 0; cell < counts.length; cell++) {
        sum += counts[cell]! * gradients[area][cell]!;
        // At a corner (the precision at recall 0), only occupied cells have a derivative.
        if (counts[cell] === 0) continue;
        const above = areasAt(counts, cells.positiveScores, cell, 2 ** 8)[area];
        const below = areasAt(counts, cells.positiveScores, cell, -(2 ** 8))[area];
        const slope = (above - below) / 2 ** (8 + 1 - 20);
        assert.ok(
          agree(gradients[area][cell]!, slope, 1e-5),
          `${area}, cell ${cell}: ${gradients[area][cell]} instead of ${slope}`,
        );
      }
      assert.ok(Math.abs(sum) < 1e-9, `${area}: the influences sum to ${sum}`);
    }
  }));
});
