import assert from "node:assert/strict";
import { join } from "node:path";
import { readDataList, writeDataList } from "../../../shared/format/mod.ts";
import { datasetFiles, StoredFileDamaged } from "../../../shared/volume/mod.ts";
import { EXAMS_JSON } from "../../../tests/support/inference/values.ts";
import { inWorld } from "../../../tests/support/inference/world.ts";
import { doListTask, type ListInput, type ListOrder, type ListTask } from "./list_tasks.ts";
import { createListThread } from "./list_thread.ts";

type Inputs = { readonly [K in ListTask]: ListInput<K> };

/** Runs a test with a list too large for the calling thread, and an input for each task. */
async function withLargeList(
  test: (path: string, inputs: Inputs) => Promise<void>,
): Promise<void> {
  await inWorld(async ({ layout, folder }) => {
    const exams = JSON.parse(EXAMS_JSON);
    exams[0].note = "x".repeat(300_000);
    const list = readDataList(new TextEncoder().encode(JSON.stringify(exams)), "json");
    const path = datasetFiles(layout, "sample").dataList;
    await Deno.writeFile(path, writeDataList(list, { labels: "keep" }));
    const predictions = join(folder, "predictions.csv");
    await Deno.writeTextFile(predictions, "image_index,malignant_pred\nnone,0.5\n");
    const files = { lesions: join(folder, "lesions.csv"), saliencyMaps: join(folder, "maps") };
    await test(path, {
      checkRequest: { views: ["L-CC"], exams: "all", truth: null, subgroups: ["note"] as never },
      writeForContainer: { views: [], labels: "blank" },
      checkPredictions: { views: [], path: predictions },
      usedImages: { views: [], images: ["0_L-CC", "none"] },
      viewsHint: { views: [] },
      joinParts: { views: [], folders: [], into: folder },
      keepOutputs: {
        ...{ views: [], declared: ["lesions"] },
        places: { left: folder, files, imageNotes: join(folder, "images.jsonl") },
      },
    });
  });
}

Deno.test("each task gives in the thread what it gives at once", () =>
  withLargeList(async (path, inputs) => {
    const thread = createListThread();
    const list = readDataList(await Deno.readFile(path), "pkl");
    for (const [task, input] of Object.entries(inputs) as [ListTask, ListInput<ListTask>][]) {
      const order = { path, digest: null, task, input } as ListOrder;
      const [there, here] = await Promise.all([
        thread.ask(order, task, input),
        doListTask(list, order),
      ]);
      assert.deepEqual(there, here, task);
    }
  }));

Deno.test("what the thread fails at says what it is", () =>
  withLargeList(async (path, inputs) => {
    const thread = createListThread();
    const { checkPredictions: input } = inputs;
    const list = { path, digest: null };
    await Deno.truncate(input.path, 300 * 1024 * 1024);
    await assert.rejects(thread.ask(list, "checkPredictions", input), RangeError);
    await Deno.truncate(path, 299_000);
    await assert.rejects(
      thread.ask(list, "viewsHint", inputs.viewsHint),
      (error) => error instanceof StoredFileDamaged && error.path === path,
    );
  }));

Deno.test("a task that takes too long ends with its thread; the next has one of its own", () =>
  withLargeList(async (path, inputs) => {
    const thread = createListThread(0);
    const ask = (): Promise<string> =>
      thread.ask({ path, digest: null }, "viewsHint", inputs.viewsHint);
    const asked = await Promise.allSettled([ask(), ask()]);
    for (const one of asked) {
      assert.match(String(one.status === "rejected" && one.reason), /took longer than 0 s/);
    }
  }));
