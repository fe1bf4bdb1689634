import assert from "node:assert/strict";
import fc from "fast-check";
import { drawInBlocks } from "./blocks.ts";
import { type ClusterCells, groupClusters, neighboursTogether } from "./clusters.ts";
import { stream } from "./random.ts";

Deno.test("clusters are numbered in the order in which they appear, whatever their ids", () => {
  const ids = fc.oneof(
    fc.integer({ min: -3, max: 9 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  );
  fc.assert(fc.property(fc.array(ids, { maxLength: 12 }), (list) => {
    const { clusters, clusterOf } = groupClusters(Int32Array.from(list), list.length);
    const seen = [...new Set(list)];
    assert.equal(clusters, seen.length);
    assert.deepEqual([...clusterOf], list.map((id) => seen.indexOf(id)));
  }));
});

Deno.test("clusters of many blocks keep their members and their stratum, and are put in order of cells", () => {
  const random = stream(1, 0);
  const cells: number[] = [];
  const starts = [0];
  for (let cluster = 0; cluster < 12_000; cluster++) {
    for (let left = 1 + random.integer(3); left > 0; left--) cells.push(random.integer(500));
    starts.push(cells.length);
  }
  const strata = [3000, 12_000];
  const before = { cells: Int32Array.from(cells), starts: Int32Array.from(starts), strata };
  const after = neighboursTogether(before);
  assert.deepEqual(after.strata, strata);
  for (const [from, to] of [[0, 3000], [3000, 12_000]] as const) {
    const members = (of: ClusterCells): string[] =>
      listOf(of).slice(from, to).map((one) => one.join());
    assert.deepEqual(members(after).sort(), members(before).sort());
    // Blocks are in order of first cells; within a block, last cells ascend.
    const blocks = drawInBlocks(strata).blocks.filter((block) =>
      block.from >= from && block.from < to
    );
    let highest = 0;
    for (const block of blocks) {
      const inBlock = listOf(after).slice(block.from, block.from + block.size);
      const first = inBlock.map((one) => one[0]!);
      assert.ok(Math.min(...first) >= highest);
      highest = Math.max(...first);
      const last = inBlock.map((one) => one.at(-1)!);
      assert.deepEqual(last, last.toSorted((a, b) => a - b));
    }
  }
});

Deno.test("clusters of one block stay as they are", () => {
  const one = { cells: Int32Array.of(5, 1, 3), starts: Int32Array.of(0, 1, 3), strata: [2] };
  assert.deepEqual(neighboursTogether(one), one);
});

function listOf({ cells, starts }: ClusterCells): number[][] {
  return Array.from(
    { length: starts.length - 1 },
    (_, at) => [...cells.subarray(starts[at]!, starts[at + 1]!)],
  );
}
