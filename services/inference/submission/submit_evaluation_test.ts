import assert from "node:assert/strict";
import { join } from "node:path";
import type { Fault } from "../../../shared/domain/mod.ts";
import { Problem } from "../../../shared/http/mod.ts";
import type { Devices } from "../dispatch/devices.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { submitEvaluation } from "./submit_evaluation.ts";
import {
  makeDataset,
  makeJob,
  makeRequest,
  writeFiles,
} from "../../../tests/support/inference/values.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";

const KNOWN: Devices = { cpuSlots: 1, gpus: [0, 1] };

async function submit(
  world: World,
  request: Record<string, unknown>,
  devices = KNOWN,
): Promise<Evaluation> {
  const deps = {
    ...world,
    devices,
    limits: makeJob().limits,
    imageRegistries: [],
    sender: {
      refusal: (url: string) => url.includes("stranger") ? "webhook.url: a stranger" : null,
    },
  };
  return await submitEvaluation(makeRequest(request), "ada", deps);
}

async function refused(
  world: World,
  request: Record<string, unknown>,
  devices = KNOWN,
): Promise<Problem> {
  const error = await submit(world, request, devices).then(() => null, (error) => error);
  assert.ok(error instanceof Problem, String(error));
  return error;
}

Deno.test("a good request becomes a queued evaluation of its user", () =>
  inWorld(async (world) => {
    const [first, second] = [await submit(world, {}), await submit(world, {})];
    assert.match(first.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.ok(first.id < second.id, "ids grow");
    assert.deepEqual([first.user, first.status, first.attempt], ["ada", "queued", 0]);
    assert.equal(first.provenance["dataset_digest"], "d1");
    assert.match(String(first.provenance["model_version"]), /^[0-9a-f]{64}$/);
    assert.deepEqual(world.ledger.unfinished(), [], "nothing is stored yet");
  }));

Deno.test("what cannot be is refused by name", () =>
  inWorld(async (world) => {
    const cases: [Record<string, unknown>, Problem["type"], RegExp][] = [
      [{ model: "nobody" }, "not_found", /this site has toy/],
      [{ dataset: "nothing" }, "not_found", /nothing/],
      [{ device: "gpu", gpu: 2 }, "gpu_unavailable", /no GPU 2: there are 0, 1/],
      [{ device: "gpu", gpu: [0, 5, 6] }, "gpu_unavailable", /no GPU 5, 6/],
      [{ parameters: { COLOUR: 1 } }, "invalid_parameters", /COLOUR: it has NUM_PROCESSES, UNUSED/],
      [
        { webhook: { url: "https://stranger.example/hook", events: ["failed"] } },
        "invalid_request",
        /a stranger/,
      ],
    ];
    for (const [request, type, message] of cases) {
      const problem = await refused(world, request);
      assert.equal(problem.type, type, JSON.stringify(request));
      assert.match(problem.message, message);
    }
  }));

Deno.test("a gpu: none here is refused, unknown ones are left to the engine, auto takes any", () =>
  inWorld(async (world) => {
    const none = await refused(world, { device: "gpu" }, { cpuSlots: 1, gpus: [] });
    assert.equal(none.type, "gpu_unavailable");
    assert.match(none.message, /or evaluate on cpu/, "nobody does it for the caller");
    await submit(world, { device: "gpu", gpu: 9 }, { cpuSlots: 1, gpus: null });
    await submit(world, { device: "gpu", gpu: "auto" });
  }));

Deno.test("a model runs only on its devices", () =>
  inWorld(async (world) => {
    await writeFiles(join(world.folder, "models", "toy"), { "model.json": '{"devices":["gpu"]}' });
    const problem = await refused(world, { device: "cpu" });
    assert.equal(problem.type, "device_unsupported");
    assert.match(problem.message, /does not run on cpu: it runs on gpu/);
  }));

Deno.test("a folder that cannot be used is called that", () =>
  inWorld(async (world) => {
    await writeFiles(join(world.folder, "models", "toy"), { "model.json": "{" });
    assert.equal((await refused(world, {})).type, "invalid_model");
  }));

Deno.test("a dataset that is not ready says what to do, a rejected one what is wrong", () =>
  inWorld(async (world) => {
    const fault: Fault = {
      exam: "3",
      view: "L-CC",
      image: "x",
      code: "image_missing",
      message: "x is missing",
    };
    world.datasets.record = makeDataset({ status: "importing" });
    const importing = await refused(world, {});
    assert.deepEqual([importing.type, importing.errors], ["dataset_not_ready", []]);
    assert.match(importing.message, /wait until its status is ready/);
    world.datasets.record = makeDataset({ status: "rejected", errors: [fault], errors_total: 1 });
    const rejected = await refused(world, {});
    assert.match(rejected.message, /was rejected: x is missing/);
    assert.deepEqual(rejected.errors, [fault]);
  }));
