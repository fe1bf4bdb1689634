import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { docker, engineTest, TINY_IMAGE } from "../support/engine.ts";
import { ended, logged, logOf, reached, registerSample, submit } from "../support/evaluations.ts";
import { eventually } from "../support/eventually.ts";
import { type Json, sendJson } from "../support/http.ts";
import { type ServiceProcess, startServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel, WAIT_FOR_GO } from "../support/toy_model.ts";

/** A volume, and the process that works on it. */
interface House extends AsyncDisposable {
  readonly home: string;
  readonly service: ServiceProcess;
  /** Kills the process and, once `meanwhile` is done, starts the next one. */
  powerCut(meanwhile?: () => Promise<void>): Promise<void>;
}

async function openHouse(model: ToyModel): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-");
  const home = join(folder, "home");
  const service = await startServiceProcess({
    home,
    environment: {
      MAMMOEVAL_DATA_ROOTS: PROJECT,
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_GPUS: "none",
    },
  });
  stack.defer(async () => {
    await service.kill();
    const left = await containersOf(home);
    if (left.length > 0) await docker("rm", "--force", ...left);
  });
  await registerSample(service.url);
  const made = stack.move();
  return {
    home,
    service,
    async powerCut(meanwhile): Promise<void> {
      await service.kill();
      await meanwhile?.();
      await service.start();
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

async function containersOf(home: string): Promise<string[]> {
  const label = `label=mammoeval.volume=${home}`;
  const text = await docker("ps", "--all", "--quiet", "--filter", label);
  return text === "" ? [] : text.split("\n");
}

/** Lets a waiting container go on. */
async function letGo({ home }: House, id: string): Promise<void> {
  await Deno.writeTextFile(join(home, "work", id, "predictions", "go"), "");
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesBelow(join(folder, name));
    else yield name;
  }
}

/** All went well, each evaluation once, and nothing is left over. */
async function assertNothingLost(house: House, attempts: Record<string, number>): Promise<void> {
  const { url } = house.service;
  for (const [id, attempt] of Object.entries(attempts)) {
    const evaluation = await ended(url, id);
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    assert.equal(evaluation.provenance.attempt, attempt);
    assert.equal(evaluation.score, `/v1/scores/${id}`);
    const report = (await sendJson(url + evaluation.score, "GET")).body;
    assert.equal(report.levels.breast.auroc.value, 1);
    const scored = (await logOf(url, id)).filter((line) => line.includes("] scored: "));
    assert.equal(scored.length, 1, "scored once");
    const events = await (await fetch(`${url}/v1/evaluations/${id}/events`)).text();
    assert.equal([...events.matchAll(/"status":"succeeded"/g)].length, 1);
  }
  const { items } = (await sendJson(`${url}/v1/evaluations`, "GET")).body;
  assert.deepEqual(
    items.map(({ id }: Json) => id).sort(),
    Object.keys(attempts).sort(),
    "none is lost, none is doubled",
  );
  const left = async (): Promise<string[]> => [
    ...await containersOf(house.home),
    ...await Array.fromAsync(filesBelow(join(house.home, "work"))),
    ...await Array.fromAsync(filesBelow(join(house.home, "leases"))),
  ];
  assert.deepEqual(await eventually(left, ({ length }) => length === 0), []);
  const files = await Array.fromAsync(filesBelow(house.home));
  assert.deepEqual(files.filter((name) => name.endsWith(".partial")), []);
}

const WAITING = [
  "for line in 1 2 3; do echo before $line; done",
  WAIT_FOR_GO,
  "for line in 1 2 3; do echo after $line; done",
  GOOD_ROWS,
].join("\n");

/** What the model printed, in order: nothing is missing, nothing comes twice. */
const ALL_LINES = [1, 2, 3].map((line) => `before ${line}`).concat(
  [1, 2, 3].map((line) => `after ${line}`),
);

async function modelLines(house: House, id: string): Promise<string[]> {
  return (await logOf(house.service.url, id)).filter((line) => /^(before|after) /.test(line));
}

await engineTest("killed while one is built and another one waits", async () => {
  await using model = await makeToyModel({
    dockerfile: `FROM ${TINY_IMAGE}\nRUN echo long step && sleep 2`,
    script: GOOD_ROWS,
  });
  await using house = await openHouse(model);
  const building = await submit(house.service.url, model.name);
  const queued = await submit(house.service.url, model.name);
  await logged(house.service.url, building.id, /long step$/);
  await house.powerCut();
  await assertNothingLost(house, { [building.id]: 1, [queued.id]: 1 });
});

await engineTest("killed while a container runs: it is followed again", async () => {
  await using model = await makeToyModel({ script: WAITING });
  await using house = await openHouse(model);
  const { id } = await submit(house.service.url, model.name);
  await logged(house.service.url, id, /^before 3$/);
  const before = await containersOf(house.home);
  await house.powerCut();
  assert.deepEqual(await containersOf(house.home), before, "the same container");
  assert.equal((await reached(house.service.url, id, "running")).provenance.attempt, 1);
  await letGo(house, id);
  await assertNothingLost(house, { [id]: 1 });
  assert.deepEqual(await modelLines(house, id), ALL_LINES);
});

await engineTest("killed before it is scored: it has the subgroups that were chosen", async () => {
  await using model = await makeToyModel({ script: WAITING });
  await using house = await openHouse(model);
  const subgroups = [{ key: "age_band", negatives: "all" }];
  const { id } = await submit(house.service.url, model.name, { subgroups });
  await logged(house.service.url, id, /^before 3$/);
  await house.powerCut();
  await letGo(house, id);
  await assertNothingLost(house, { [id]: 1 });
  const report = (await sendJson(`${house.service.url}/v1/scores/${id}`, "GET")).body;
  assert.deepEqual(report.subgroups.map((one: Json) => [one.key, one.negatives]), [
    ["age_band", "all"],
  ]);
});

await engineTest("killed while a container runs, which then ends: it is collected", async () => {
  await using model = await makeToyModel({ script: WAITING });
  await using house = await openHouse(model);
  const { id } = await submit(house.service.url, model.name);
  await logged(house.service.url, id, /^before 3$/);
  await house.powerCut(async () => {
    await letGo(house, id);
    await docker("wait", `mammoeval-${id}`);
  });
  await assertNothingLost(house, { [id]: 1 });
  assert.deepEqual(await modelLines(house, id), ALL_LINES);
});

await engineTest(
  "killed while a container runs, which then is gone: it runs once more",
  async () => {
    await using model = await makeToyModel({ script: WAITING });
    await using house = await openHouse(model);
    const { id } = await submit(house.service.url, model.name);
    await logged(house.service.url, id, /^before 3$/);
    await house.powerCut(async () => {
      await docker("rm", "--force", `mammoeval-${id}`);
    });
    while ((await containersOf(house.home)).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await letGo(house, id);
    await assertNothingLost(house, { [id]: 2 });
  },
);

await engineTest("killed while it is scored: it is scored again, under the same id", async () => {
  await using model = await makeToyModel({ script: GOOD_ROWS });
  await using house = await openHouse(model);
  const bootstrap = { replicates: 50_000 };
  const { id } = await submit(house.service.url, model.name, { bootstrap });
  await reached(house.service.url, id, "scoring");
  await house.powerCut();
  await assertNothingLost(house, { [id]: 1 });
});
