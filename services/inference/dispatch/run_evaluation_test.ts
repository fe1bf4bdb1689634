import assert from "node:assert/strict";
import type { EvaluationErrorType } from "../../../shared/contracts/evaluations.ts";
import { readDataList, writeDataList } from "../../../shared/format/mod.ts";
import { datasetFiles } from "../../../shared/volume/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import {
  ENDED_WELL,
  predictionsOf,
  type Script,
} from "../../../tests/support/inference/scripted_executor.ts";
import {
  EXAMS_JSON,
  GOOD_PREDICTIONS,
  TOY_MODEL,
  writeFiles,
} from "../../../tests/support/inference/values.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";

/** Runs one evaluation to its end in a new dispatcher. */
async function run(world: World, request: Record<string, unknown> = {}): Promise<Evaluation> {
  const dispatcher = world.createDispatcher();
  await dispatcher.recover();
  const { id } = await world.enqueue(request);
  dispatcher.wake();
  const ended = await world.ended(id);
  await dispatcher.stop();
  assert.deepEqual(world.scratch(), [], "no scratch folder stays");
  assert.deepEqual(world.leases(), [], "the dataset is free again");
  assert.equal(world.executor.containers.size, 0, "no container stays");
  return ended;
}

async function runScript(world: World, script: Script): Promise<Evaluation> {
  world.executor.script = () => script;
  return await run(world);
}

function folderOf({ layout }: World, { id }: Evaluation): string {
  return `${layout.results}/exp1/toy/${id}`;
}

Deno.test("a run that goes well: states, order of calls, files, provenance", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ lines: ["hello", "image 2/2"] });
    const ended = await run(world, { parameters: { NUM_PROCESSES: 7 }, subgroups: false });
    const { id } = ended;
    assert.equal(ended.status, "succeeded");
    assert.equal(ended.score, id);
    assert.deepEqual(world.executor.calls.slice(0, 3), [
      "provision toy",
      `start ${id}`,
      `follow ${id}`,
    ]);
    const states = world.ledger.events(id, 0).filter(({ type }) => type === "status").map((
      { data },
    ) => data["status"]);
    assert.deepEqual(states, ["queued", "building", "running", "scoring", "succeeded"]);
    const folder = folderOf(world, ended);
    assert.equal(
      await Deno.readTextFile(`${folder}/toy_exp1_predictions.csv`),
      GOOD_PREDICTIONS,
    );
    const record = JSON.parse(await Deno.readTextFile(`${folder}/evaluation.json`));
    assert.deepEqual([record.id, record.status], [id, "succeeded"]);
    const log = await Deno.readTextFile(`${folder}/log.txt`);
    assert.match(log, /^\S+Z hello$/m);
    assert.match(log, /\[mammoeval\] scored: \/v1\/scores\//);
    const order = world.scoring.orders[0]!;
    assert.deepEqual(world.scoring.users, [ended.user]);
    assert.equal(order.subgroups, false);
    assert.equal(order.predictions, `${folder}/toy_exp1_predictions.csv`);
    assert.deepEqual(ended.provenance["parameters"], { NUM_PROCESSES: "7", UNUSED: "1" });
    assert.match(String(ended.provenance["predictions_sha256"]), /^[0-9a-f]{64}$/);
  }));

/** Ingestion's answer when one image of the second exam has changed. */
const CHANGED = {
  faults: [{
    exam: "1",
    view: "R-CC" as const,
    image: "1_R-CC",
    code: "image_changed",
    message: "1_R-CC.png (exam 1, R-CC) has changed",
  }],
  next: null,
};

Deno.test("images that have changed before the run start no container", () =>
  inWorld(async (world) => {
    world.datasets.looks = [{ faults: [], next: 7 }, CHANGED];
    const { status, error } = await run(world);
    assert.deepEqual([status, error?.type, error?.stage], ["failed", "images_changed", "building"]);
    assert.deepEqual(error?.faults, CHANGED.faults);
    assert.match(error!.message, /^The images have changed: 1_R-CC\.png/);
    assert.equal(world.executor.jobs.length, 0);
  }));

Deno.test("images that change during the run are why it failed, however its container ended", async () => {
  for (const exitCode of [0, 1]) {
    await inWorld(async (world) => {
      world.executor.script = () => {
        world.datasets.looks = [CHANGED];
        return { end: { ...ENDED_WELL, exitCode } };
      };
      const { error } = await run(world);
      assert.deepEqual([error?.type, error?.stage], ["images_changed", "running"]);
      assert.deepEqual(error?.faults, CHANGED.faults);
      assert.equal(world.scoring.orders.length, 0);
    });
  }
});

Deno.test("a limit that was broken is told, not the images", () =>
  inWorld(async (world) => {
    world.executor.script = () => {
      world.datasets.looks = [CHANGED];
      return { end: { ...ENDED_WELL, exitCode: 137, outOfMemory: true } };
    };
    assert.equal((await run(world)).error?.type, "out_of_memory");
  }));

Deno.test("images of exams that are left out may change", () =>
  inWorld(async (world) => {
    const left = { ...CHANGED.faults[0]!, image: "another" };
    world.datasets.looks = [{ faults: [left], next: null }, { faults: [left], next: null }];
    assert.equal((await run(world)).status, "succeeded");
  }));

Deno.test("what is no image is empty in the container; where it cannot be, nothing starts", async () => {
  await inWorld(async (world) => {
    const paths = [{ path: "data.pkl", isFolder: false }, { path: "old", isFolder: true }];
    world.datasets.foreign = { paths, fault: null };
    const seen: string[] = [];
    world.executor.onStart = async ({ mounts }) => {
      for (const { source, target, readOnly } of mounts) {
        if (!target.startsWith("/home/images/")) continue;
        const { size, isFile } = await Deno.stat(source);
        const content = isFile ? size : [...Deno.readDirSync(source)].length;
        seen.push(`${target} ${isFile ? "file" : "folder"} ${content} ${readOnly}`);
      }
      return { ok: true, value: undefined };
    };
    assert.equal((await run(world)).status, "succeeded");
    assert.deepEqual(seen, ["/home/images/data.pkl file 0 true", "/home/images/old folder 0 true"]);
  });
  await inWorld(async (world) => {
    const fault = { ...CHANGED.faults[0]!, code: "images_folder_crowded", message: "Move them" };
    world.datasets.foreign = { paths: [], fault };
    const { error } = await run(world);
    assert.deepEqual([error?.type, error?.message], ["images_changed", "Move them"]);
    assert.equal(world.executor.jobs.length, 0);
  });
});

Deno.test("the container's data list has zeros for labels, unless the request says otherwise", async () => {
  for (const [blind, sum] of [[true, 0], [false, 2]] as const) {
    await inWorld(async (world) => {
      let seen = -1;
      world.executor.onStart = async (job) => {
        const mount = job.mounts.find(({ target }) => target === "/home/data.pkl")!;
        const { exams } = readDataList(await Deno.readFile(mount.source), "pkl");
        seen = exams.reduce(
          (all, { malignant }) => all + Number(malignant.left) + Number(malignant.right),
          0,
        );
        return { ok: true, value: undefined };
      };
      assert.equal((await run(world, { blind })).status, "succeeded");
      assert.equal(seen, sum);
    });
  }
});

Deno.test("parameters are set in a copy of predict.sh; the model's folder stays as it is", () =>
  inWorld(async (world) => {
    let script = "";
    world.executor.onStart = async (job) => {
      const mount = job.mounts.find(({ target }) => target === "/home/toy/predict.sh")!;
      assert.ok(mount.readOnly);
      script = await Deno.readTextFile(mount.source);
      return { ok: true, value: undefined };
    };
    await run(world, { parameters: { NUM_PROCESSES: "3; rm -rf /" } });
    assert.match(script, /^NUM_PROCESSES='3; rm -rf \/'$/m);
    assert.equal(
      await Deno.readTextFile(`${world.folder}/models/toy/predict/predict.sh`),
      TOY_MODEL["predict/predict.sh"],
    );
  }));

Deno.test("an image that cannot be built ends the run with the build's last lines, no container", () =>
  inWorld(async (world) => {
    world.executor.onProvision = (_model, onLine) => {
      for (let step = 1; step <= 50; step++) {
        onLine({ at: new Date().toISOString(), text: `${step}` });
      }
      const failure = { type: "image_build_failed", message: "Cannot build" } as const;
      return Promise.resolve({ ok: false, failure });
    };
    const { status, error } = await run(world);
    assert.deepEqual([status, error?.type, error?.stage], [
      "failed",
      "image_build_failed",
      "building",
    ]);
    assert.deepEqual(error?.log_tail.slice(-2), ["49", "50"]);
    assert.equal(error?.log_tail.length, 40);
    assert.equal(world.executor.jobs.length, 0);
  }));

Deno.test("a container that cannot start ends the run with the engine's reason", () =>
  inWorld(async (world) => {
    const failure = { type: "gpu_unavailable", message: "There is no GPU 1" } as const;
    world.executor.onStart = () => Promise.resolve({ ok: false, failure });
    const { error } = await run(world, { device: "gpu", gpu: 1 });
    assert.deepEqual([error?.type, error?.stage], ["gpu_unavailable", "running"]);
    assert.equal(world.executor.jobs.length, 1, "never tried again on cpu");
    assert.deepEqual([world.executor.jobs[0]?.device, world.executor.jobs[0]?.gpus], ["gpu", [1]]);
  }));

Deno.test("a model that says nothing of views fails with the exams that lack some", () =>
  inWorld(async (world) => {
    const exams = JSON.parse(EXAMS_JSON);
    exams[1]["R-MLO"] = [];
    const list = readDataList(new TextEncoder().encode(JSON.stringify(exams)), "json");
    const { dataList } = datasetFiles(world.layout, "sample");
    await Deno.writeFile(dataList, writeDataList(list, { labels: "keep" }));
    const ends: Script[] = [{ predictions: null }, { end: { ...ENDED_WELL, exitCode: 1 } }];
    for (const script of ends) {
      const { error } = await runScript(world, script);
      assert.match(error!.message, /1 of 2 exams lack a view \(exam 1: R-MLO\)/);
    }
    await writeFiles(`${world.folder}/models/toy`, { "model.json": '{"views": []}' });
    const { error } = await runScript(world, { predictions: null });
    assert.doesNotMatch(error!.message, /lack a view/);
  }));

Deno.test("outputs of the declared form are kept; others are warned of, and the run goes well", () =>
  inWorld(async (world) => {
    await writeFiles(`${world.folder}/models/toy`, { "model.json": '{"outputs": ["lesions"]}' });
    let lesions = "image_index,x0,y0,x1,y1,score\n";
    world.executor.onStart = async (job) => {
      await Deno.writeTextFile(
        predictionsOf(job).replace("predictions.csv", "lesions.csv"),
        lesions,
      );
      return { ok: true, value: undefined };
    };
    const good = await run(world);
    const kept = await Deno.readTextFile(`${folderOf(world, good)}/toy_exp1_lesions.csv`);
    assert.equal(kept, lesions);
    assert.deepEqual(
      (good.provenance["outputs"] as { lesions: { count: number } }).lesions.count,
      0,
    );
    lesions += "nobody,0,0,1,1,0.5\n";
    const bad = await run(world);
    assert.deepEqual([bad.status, bad.provenance["outputs"]], ["succeeded", { refused: 1 }]);
    const log = await Deno.readTextFile(`${folderOf(world, bad)}/log.txt`);
    assert.match(
      log,
      /warning: toy_exp1_lesions.csv was not stored: line 2: there is no image nobody/,
    );
  }));

const ENDS: readonly [what: string, script: Script, type: EvaluationErrorType, message: RegExp][] =
  [
    [
      "a non-zero exit",
      { end: { ...ENDED_WELL, exitCode: 3 }, lines: ["Traceback", "KeyError: 'L-CC'"] },
      "container_failed",
      /exit code 3/,
    ],
    ["out of memory", { end: { ...ENDED_WELL, outOfMemory: true } }, "out_of_memory", /MEMORY/],
    ["no predictions file", { predictions: null }, "invalid_predictions", /no predictions file/],
    ["an empty file", { predictions: "" }, "invalid_predictions", /empty|no row|header/i],
    [
      "columns that are none",
      { predictions: "a,b\n1,2\n" },
      "invalid_predictions",
      /image_index is missing; the file has "a", "b"/,
    ],
    [
      "too few rows",
      { predictions: "left_malignant,right_malignant\n0.9,0.1\n" },
      "invalid_predictions",
      /1 .*2|2 .*1/,
    ],
    [
      "something that is no number",
      { predictions: "left_malignant,right_malignant\n0.9,0.1\nnan,0.8\n" },
      "invalid_predictions",
      /left_malignant/,
    ],
    [
      "an image that is missing",
      { predictions: "image_index,malignant_pred,malignant_label\n0_L-CC,0.5,0\n" },
      "invalid_predictions",
      /no row for image 0_L-MLO \(exam 0, L-MLO\)/,
    ],
  ];

for (const [what, script, type, message] of ENDS) {
  Deno.test(`a run that ends with ${what} is ${type}, named, and not scored`, () =>
    inWorld(async (world) => {
      const { status, error } = await runScript(world, script);
      assert.deepEqual([status, error?.type, error?.stage], ["failed", type, "running"]);
      assert.match(error!.message, message);
      assert.equal(world.scoring.orders.length, 0);
      if (script.lines !== undefined) assert.deepEqual(error!.log_tail, script.lines);
    }));
}

Deno.test("a link in place of the predictions is not followed", () =>
  inWorld(async (world) => {
    world.executor.script = (job) => {
      Deno.symlinkSync("/etc/hostname", predictionsOf(job));
      return { predictions: null };
    };
    const { error } = await run(world);
    assert.deepEqual([error?.type, world.scoring.orders.length], ["invalid_predictions", 0]);
  }));

Deno.test("a run that takes too long is stopped and says so", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ end: "hold" });
    const { error } = await run(world, { timeout_s: 1 });
    assert.equal(error?.type, "timed_out");
    assert.match(error!.message, /timeout_s = 1 s/);
  }));

Deno.test("progress goes into the ledger as the model prints it", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ lines: ["image 1/8"], end: "hold" });
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    const { progress } = await world.until(id, ({ progress: { total } }) => total === 8);
    assert.equal(progress.done, 1);
    await dispatcher.cancel(id);
    await dispatcher.stop();
  }));

Deno.test("progress that comes right before the end goes into the ledger too", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ lines: ["image 1/8", "image 7/8", "image 8/8"] });
    const { id } = await run(world);
    const shown = world.ledger.events(id, 0).filter(({ type }) => type === "progress");
    assert.deepEqual(shown.map(({ data }) => data["done"]), [1, 8]);
  }));

Deno.test("when scoring fails the predictions are kept", () =>
  inWorld(async (world) => {
    world.scoring.fault = new Error("the scoring service does not answer");
    world.executor.script = () => ({ lines: ["image 1/2"] });
    const ended = await run(world);
    assert.deepEqual(ended.progress, { done: null, total: null, note: null }, "no image is scored");
    assert.deepEqual([ended.error?.type, ended.error?.stage], ["scoring_failed", "scoring"]);
    assert.match(ended.error!.message, /does not answer/);
    const kept = `${folderOf(world, ended)}/toy_exp1_predictions.csv`;
    assert.equal(await Deno.readTextFile(kept), GOOD_PREDICTIONS);
  }));

Deno.test("a full disk is called that", () =>
  inWorld(async (world) => {
    world.executor.onProvision = () => Promise.reject(new Error("No space left (os error 28)"));
    const { error } = await run(world);
    assert.equal(error?.type, "disk_full");
    assert.equal(world.errors.length, 1, "the operator is told");
  }));

Deno.test("a dataset that is gone ends the run, the operator is told", () =>
  inWorld(async (world) => {
    const { error } = await run(world, { dataset: "gone" });
    assert.deepEqual([error?.type, error?.stage], ["interrupted", "building"]);
    assert.match(error!.message, /There is no dataset gone/);
  }));

Deno.test("a model folder that was taken away while its evaluation waited is named", () =>
  inWorld(async (world) => {
    const { error } = await run(world, { model: "away" });
    assert.equal(error?.type, "image_missing");
    assert.match(error!.message, /no model "away": this site has toy/);
  }));
