import assert from "node:assert/strict";
import { join } from "node:path";
import type { CheckFinding } from "../../../shared/contracts/models.ts";
import type { Caller } from "../../../shared/http/mod.ts";
import { checkModel } from "./check_model.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";

/** Runs the check in a world with pretended containers. */
async function check(
  world: World,
  model = "toy",
  caller: Caller = { user: "ada", role: "admin" },
  shards = false,
): Promise<string[]> {
  const findings: CheckFinding[] = [];
  const dispatcher = world.createDispatcher();
  await dispatcher.recover();
  try {
    const order = { model, dataset: "sample", shards, caller };
    await checkModel({ ...order, onFinding: (finding) => void findings.push(finding) }, {
      ...world,
      dispatcher,
      limits: makeJob().limits,
      imageRegistries: [],
      quota: 1,
      sender: { refusal: () => null },
    });
  } finally {
    await dispatcher.stop();
  }
  return findings.map(({ check, result, message }) => `${result} ${check}: ${message}`);
}

const onlyCpu = (world: World): Promise<void> =>
  Deno.writeTextFile(
    join(world.folder, "models/toy/model.json"),
    JSON.stringify({ devices: ["cpu"], level: "breast", licence: "MIT" }),
  );

Deno.test("what works passes, twice on each device, and UNUSED in config.txt is a fault", () =>
  inWorld(async (world) => {
    await onlyCpu(world);
    const lines = await check(world);
    assert.deepEqual(lines.filter((line) => !line.startsWith("advice")), [
      "failed files: The folder has 1 fault",
      "passed build: The image is built: mammoeval/toy:1 (sha256:feed)",
      "passed run on cpu: The run ended without an error, and its predictions can be scored",
      "passed no root on cpu: It ran as 10001:10001, without capabilities and without network",
      "passed level on cpu: Predictions are of level breast",
      "passed run on cpu again: The second run gave the same predictions",
    ]);
    assert.deepEqual(world.executor.jobs.map(({ device }) => device), ["cpu", "cpu"]);
  }));

Deno.test("a model that gives other predictions the second time fails", () =>
  inWorld(async (world) => {
    await onlyCpu(world);
    let runs = 0;
    world.executor.script = () => {
      runs += 1;
      return { predictions: `left_malignant,right_malignant\n0.${runs},0.1\n0.2,0.8\n` };
    };
    assert.match(
      (await check(world)).at(-1)!,
      /^failed run on cpu again: The second run gave different predictions: 1 of 3 lines differ/,
    );
  }));

Deno.test("with shards, a run in three parts must give the predictions of one", () =>
  inWorld(async (world) => {
    await onlyCpu(world);
    const row = (at: number): string => `0.${at},0.1`;
    const table = (rows: readonly string[]): string =>
      `left_malignant,right_malignant\n${rows.join("\n")}\n`;
    let divided = false;
    world.executor.script = ({ id, mounts }) => {
      const part = Number(/\.p(\d)$/.exec(id)?.[1] ?? 0);
      divided ||= part > 0;
      assert.equal(mounts.some(({ source }) => source.includes(`parts/${part}`)), part > 0);
      return { predictions: table(part === 0 ? [row(1), row(2)] : [row(part)]) };
    };
    const admin = { user: "ada", role: "admin" } as const;
    const last = async (): Promise<string> => (await check(world, "toy", admin, true)).at(-1)!;
    assert.match(await last(), /^passed 3 parts on cpu: The parts gave.*"exams_independent": true/);
    assert.ok(divided);
    world.executor.script = ({ id }) => (
      {
        predictions: table(
          id.endsWith("p2") ? [row(7)] : id.endsWith("p1") ? [row(1)] : [row(1), row(2)],
        ),
      }
    );
    assert.match(await last(), /^failed 3 parts on cpu: .*1 of 3 lines differ.*exams_independent/);
    await Deno.writeTextFile(
      join(world.folder, "models/toy/model.json"),
      JSON.stringify({ devices: ["cpu"], exams_independent: false }),
    );
    assert.match(await last(), /^skipped 3 parts on cpu: model.json says/);
  }));

Deno.test("a build that fails ends the check", () =>
  inWorld(async (world) => {
    world.executor.onProvision = () =>
      Promise.resolve({
        ok: false,
        failure: { type: "image_build_failed", message: "no such package" },
      });
    const lines = await check(world);
    assert.equal(lines.at(-1), "failed build: no such package");
    assert.deepEqual(world.executor.jobs, []);
  }));

Deno.test("gpu is skipped where there is none, and tried where there is one", () =>
  inWorld(async (world) => {
    assert.ok((await check(world)).some((line) => line.startsWith("skipped run on gpu")));
  }, { cpuSlots: 1, gpus: [] }));

Deno.test("a folder that cannot be used is looked at all the same", () =>
  inWorld(async (world) => {
    await Deno.remove(join(world.folder, "models/toy/config.txt"));
    const lines = await check(world);
    assert.ok(lines.includes("failed files: The folder has 1 fault"));
    assert.equal(lines.at(-1), "skipped build: The folder has faults");
    await assert.rejects(check(world, "nothing"), /There is no model folder "nothing"/);
  }));

Deno.test("a check goes through the queue like everybody's evaluations: quota, leases", () =>
  inWorld(async (world) => {
    await onlyCpu(world);
    const lines = await check(world, "toy", { user: "ada", role: "submit" });
    assert.match(
      lines.at(-1)!,
      /^failed run on cpu again: This version of toy may be evaluated 1 times/,
    );
    assert.deepEqual(world.leases(), [], "what was refused holds no dataset");
  }));
