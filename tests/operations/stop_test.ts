import assert from "node:assert/strict";
import { launchService } from "../load/launched_service.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const VIEWS = ["L-CC", "L-MLO", "R-CC", "R-MLO"] as const;

/** A score that takes minutes: the most replicates, for as many operating points as may be asked for. */
function endlessScore(): FormData {
  const exams = Array.from({ length: 4000 }, (_, index) => ({
    exam_id: `exam${index}`,
    ...Object.fromEntries(VIEWS.map((view) => [view, [`${index}_${view}`]])),
    cancer_label: { left_malignant: index % 5 === 0 ? 1 : 0, right_malignant: 0 },
  }));
  const rows = exams.flatMap((_, index) =>
    VIEWS.map((view) => `${index}_${view},${(index * 7919) % 4001}`)
  );
  const form = new FormData();
  form.set("data_list", new File([JSON.stringify(exams)], "data.json"));
  form.set(
    "predictions",
    new File([["image_index,malignant_pred", ...rows, ""].join("\n")], "predictions.csv"),
  );
  form.set("bootstrap", JSON.stringify({ replicates: 100_000 }));
  return form;
}

/** Processes that a process has started, and those that they have. */
async function descendantsOf(pid: number): Promise<number[]> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  const own = children.trim().split(" ").filter((text) => text !== "").map(Number);
  return [...own, ...(await Promise.all(own.map(descendantsOf))).flat()];
}

async function isComputing(pid: number): Promise<boolean> {
  const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  return command.includes("services/scoring/compute/main.ts");
}

async function isThere(pid: number): Promise<boolean> {
  return await Deno.stat(`/proc/${pid}`).then(() => true, () => false);
}

Deno.test("SIGTERM ends a service whose computation would never end, and the computation with it", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-stop-");
  const settings = { MAMMOEVAL_HOME: `${folder}/home`, MAMMOEVAL_EXECUTOR: "process" };
  const service = stack.use(await launchService(folder, settings));
  const asked = fetch(`${service.url}/v1/scores`, { method: "POST", body: endlessScore() })
    .then(async (answer) => {
      await answer.body?.cancel();
      return answer.status;
    }, () => "broken off");
  const look = async (): Promise<number[]> => {
    const pids = await descendantsOf(service.pid);
    return (await Promise.all(pids.map(async (pid) => await isComputing(pid) ? [pid] : []))).flat();
  };
  const [computing] = await eventually(look, (found) => found.length > 0);
  assert.ok(computing, "a process computes");
  // From here on it goes on only if somebody tells it to, and nobody does.
  Deno.kill(computing, "SIGSTOP");
  await service[Symbol.asyncDispose]();
  assert.notEqual(await asked, 201);
  assert.equal(await isThere(service.pid), false);
  await eventually(() => isThere(computing), (there) => !there);
  assert.equal(await isThere(computing), false);
});
