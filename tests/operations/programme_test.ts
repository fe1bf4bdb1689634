import assert from "node:assert/strict";
import { createApp } from "../../services/scoring/app.ts";
import { createProcessCompute } from "../../services/scoring/compute/process_compute.ts";
import { drawExams } from "../bench/screening/exams.ts";
import { createWorld, postForm } from "../support/scoring/world.ts";

const EXAMS = 100_000;

/** The drawn list, with its reads and outcomes as tables of their own. */
function drawTables(): { files: Record<string, File>; recalls: number; cancers: number } {
  const { list, predictions } = drawExams(EXAMS);
  const parts = { data_list: [] as string[], reads: [] as string[], outcomes: [] as string[] };
  parts.data_list.push("exam_id,patient_id,left_malignant,right_malignant");
  parts.reads.push("exam_id,reader,recall,order");
  parts.outcomes.push("exam_id,detection_left,consensus_recall");
  let [recalls, cancers] = [0, 0];
  for (const row of list.trimEnd().split("\n").slice(1)) {
    const [exam, woman, left, right, found, ...calls] = row.split(",");
    const consensus = calls.pop();
    parts.data_list.push([exam, woman, left, right].join());
    parts.outcomes.push([exam, found, consensus].join());
    for (const [at, call] of calls.entries()) {
      if (call !== "") parts.reads.push([exam, `reader${at}`, call, at + 1].join());
    }
    recalls += Number(consensus);
    cancers += Number(left);
  }
  const files = Object.entries({ ...parts, predictions: [predictions.trimEnd()] }).map((
    [name, rows],
  ) => [name, new File([`${rows.join("\n")}\n`], `${name}.csv`)]);
  return { files: Object.fromEntries(files), recalls, cancers };
}

Deno.test("100,000 exams with tables of reads and outcomes are scored and simulated within the heap of a computation", async () => {
  await using world = await createWorld();
  const deno = Deno.execPath();
  const compute = createProcessCompute({ lanes: 2, deno, layout: world.layout });
  try {
    const app = createApp({ ...world.dependencies, compute });
    const { files, recalls, cancers } = drawTables();
    const scored = await postForm(app, "/v1/scores", { ...files, bootstrap: "false" });
    assert.equal(scored.status, 201, JSON.stringify(scored.body).slice(0, 500));
    assert.equal(scored.body.levels.exam.count, EXAMS);
    const answer = await app.request("/v1/screening-simulations", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        score: scored.body.id,
        pathways: [{ kind: "replace_second_reader", threshold: 0.6 }, {
          kind: "band_pass",
          low: 0.2,
          high: 0.95,
        }],
        bootstrap: { replicates: 2000 },
      }),
    });
    const simulation = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(simulation).slice(0, 500));
    const { baseline, pathways, women } = simulation;
    assert.deepEqual(
      [baseline.exams, baseline.cancers, baseline.recalls],
      [EXAMS, cancers, recalls],
    );
    assert.ok(women > 50_000 && women < 70_000, `${women} women`);
    assert.ok(pathways[1].workload_saved.value > 0.3, "most exams have low scores");
  } finally {
    await compute.stop();
  }
});
