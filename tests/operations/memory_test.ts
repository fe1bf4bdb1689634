import assert from "node:assert/strict";
import { SENT_LIST_BYTES_MAX, SENT_PREDICTIONS_BYTES_MAX } from "../../shared/limits.ts";
import type { Json } from "../support/http.ts";
import { makeMemoryCgroup, missingForMemoryCgroup } from "../support/memory_cgroup.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { launchService } from "../load/launched_service.ts";

/** What docs/operations.md promises. */
const MEMORY_BYTES = 1024 ** 3;
const UPLOADS = 4;
const EXAMS = 100_000;
/** Of a hundred exams one has a cancer of the left breast. */
const EXAMS_A_CANCER = 100;
const VIEWS = ["L-CC", "L-MLO", "R-CC", "R-MLO"] as const;

/** A data list as large as may be sent: texts in a key of its own fill it up. */
function makeList(): Blob {
  const exam = (index: number, note: string): string =>
    JSON.stringify({
      exam_id: `exam${index}`,
      ...Object.fromEntries(VIEWS.map((view) => [view, [`${index}_${view}`]])),
      cancer_label: { left_malignant: index % EXAMS_A_CANCER === 0 ? 1 : 0, right_malignant: 0 },
      ...{ density: "abcd"[index % 4], age: 40 + index % 40, note },
    });
  const room = Math.floor((SENT_LIST_BYTES_MAX - 2) / EXAMS) - exam(EXAMS, "").length - 1;
  const exams = Array.from({ length: EXAMS }, (_, index) => exam(index, "x".repeat(room)));
  return new Blob([`[${exams.join(",")}]`]);
}

/** Predictions as large as may be sent. A quarter of the healthy breasts score above all cancers, the others below. */
function makePredictions(): Blob {
  const room = Math.floor(SENT_PREDICTIONS_BYTES_MAX / (EXAMS * VIEWS.length)) - 26;
  const rows = ["image_index,malignant_pred,note"];
  const note = "y".repeat(room);
  let healthy = 0;
  for (let index = 0; index < EXAMS; index++) {
    for (const side of ["L", "R"]) {
      const isCancer = side === "L" && index % EXAMS_A_CANCER === 0;
      const base = isCancer ? 0.5 : healthy++ % 4 === 0 ? 0.75 : 0.25;
      const score = (base + index / EXAMS / 8).toFixed(9);
      for (const view of ["CC", "MLO"]) rows.push(`${index}_${side}-${view},${score},${note}`);
    }
  }
  return new Blob([rows.join("\n") + "\n"]);
}

const missing = await missingForMemoryCgroup();
/** Where the project itself is checked the bound must be shown. */
const mayBeMissing = Deno.env.get("CI") !== "true" || Deno.uid() !== 0;

Deno.test({
  name: `${UPLOADS} uploads of the largest size at once are scored right within 1 GB of memory` +
    (missing === null ? "" : ` (ignored: ${missing})`),
  ignore: missing !== null && mayBeMissing,
  fn: async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await temporaryFolder(stack, "mammoeval-memory-");
    const group = stack.use(await makeMemoryCgroup(MEMORY_BYTES));
    const settings = { MAMMOEVAL_HOME: `${folder}/home`, MAMMOEVAL_EXECUTOR: "process" };
    const service = stack.use(await launchService(folder, settings, group.folder));
    const [list, predictions] = [makeList(), makePredictions()];
    assert.ok(list.size > SENT_LIST_BYTES_MAX * 0.95 && list.size <= SENT_LIST_BYTES_MAX);
    assert.ok(predictions.size > SENT_PREDICTIONS_BYTES_MAX * 0.95);
    assert.ok(predictions.size <= SENT_PREDICTIONS_BYTES_MAX);
    const upload = async (_: unknown, at: number): Promise<Json> => {
      const form = new FormData();
      form.set("data_list", new File([list], "data.json"));
      form.set("predictions", new File([predictions], "predictions.csv"));
      form.set("bootstrap", "false");
      form.set("model", `model${at}`); // the same content would be scored once
      const answer = await fetch(`${service.url}/v1/scores`, { method: "POST", body: form });
      const body = await answer.json();
      assert.equal(answer.status, 201, JSON.stringify(body));
      return body;
    };
    const reports = await Promise.all(Array.from({ length: UPLOADS }, upload));
    for (const { levels } of reports) {
      assert.deepEqual([levels.breast.count, levels.image.count], [2 * EXAMS, 4 * EXAMS]);
      assert.equal(levels.breast.positives, EXAMS / EXAMS_A_CANCER);
      assert.ok(Math.abs(levels.breast.auroc.value - 0.75) < 1e-9);
      assert.ok(Math.abs(levels.image.auroc.value - 0.75) < 1e-9);
    }
    const ready = await fetch(`${service.url}/readyz`);
    assert.equal(ready.status, 200, await ready.text());
    assert.equal(await group.killed(), 0, "the kernel has ended no process");
  },
});
