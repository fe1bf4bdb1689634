import assert from "node:assert/strict";
import { join } from "node:path";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { docker, engineTest, TINY_IMAGE } from "../support/engine.ts";
import { ended, evaluate, reached, registerSample, submit } from "../support/evaluations.ts";
import { assertProblem, type Json, sendJson } from "../support/http.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { fillUp, mountSmallVolume } from "../support/small_volume.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel } from "../support/toy_model.ts";

/** Ways to go beyond a limit, one value of the parameter CASE each. */
const CASES: readonly {
  name: string;
  script: string;
  request: Json;
  type: string;
  message: RegExp;
  /** Of the last lines; every one of these runs has some. */
  tail: RegExp;
}[] = [
  {
    name: "fork_bomb",
    script: "echo 'forking'; bomb() { bomb | bomb & }; bomb; sleep 600",
    request: { limits: { pids: 64 }, timeout_s: 120 },
    type: "too_many_processes",
    message: /its 64 processes and threads.*MAMMOEVAL_PIDS/,
    tail: /forking|fork/,
  },
  {
    name: "endless_output",
    script: "yes 'and on it goes'",
    request: { limits: { output: "1m" } },
    type: "too_much_output",
    message: /more than 1m and was stopped/,
    tail: /^and on it goes$/m,
  },
  {
    name: "endless_line",
    script: "yes 'no end' | tr '\\n' ' '",
    request: { limits: { output: "1m" } },
    type: "too_much_output",
    message: /more than 1m and was stopped/,
    tail: /no end/,
  },
  {
    name: "written_over",
    script: "echo on; yes 'over and over' | tr '\\n' '\\r'",
    request: { limits: { output: "1m" } },
    type: "too_much_output",
    message: /more than 1m and was stopped/,
    tail: /on/,
  },
  {
    name: "disk",
    script: 'echo writing; head -c 3000000 /dev/zero >"$6/a.png"; sleep 600',
    request: { limits: { disk: "2m" } },
    type: "disk_limit_exceeded",
    message: /took 2\.9m, over the limit of 2m/,
    tail: /writing/,
  },
  {
    name: "disk_elsewhere",
    script: "echo writing; head -c 3000000 /dev/zero >/var/tmp/a.png; sleep 600",
    request: { limits: { disk: "2m" } },
    type: "disk_limit_exceeded",
    message: /took 2\.9m, over the limit of 2m/,
    tail: /writing/,
  },
  {
    name: "many_files",
    script: 'echo writing; i=0; while [ $i -lt 600 ]; do i=$((i + 1)); : >"$6/$i"; done; sleep 600',
    request: { limits: { disk: "2m" } },
    type: "disk_limit_exceeded",
    message: /over the limit of 2m/,
    tail: /writing/,
  },
  {
    name: "stubborn",
    script: "trap 'echo no' TERM INT; echo on; while true; do sleep 1; done",
    request: { timeout_s: 2 },
    type: "timed_out",
    message: /timeout_s = 2 s/,
    tail: /on/,
  },
  {
    name: "full_tmp",
    script: "dd if=/dev/zero of=/dev/shm/x bs=1M || exit 1",
    request: {},
    type: "disk_full",
    message: /the volume has free space/,
    tail: /No space left on device/,
  },
];

function scriptOf(cases: readonly { name: string; script: string }[]): string {
  const branches = cases.map(({ name, script }) => `${name}) ${script} ;;`).join("\n");
  return `CASE=good\ncase $CASE in\n${branches}\n*) ${GOOD_ROWS} ;;\nesac`;
}

await engineTest(
  "a run that goes beyond a limit is stopped, told why, and leaves its GPU free",
  async (t) => {
    await using model = await makeToyModel({
      dockerfile: `FROM ${TINY_IMAGE}\nRUN mkdir -p /var/tmp && chmod 1777 /var/tmp`,
      script: scriptOf(CASES),
      parameters: "CASE=good",
    });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_GPUS: "1",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_MEMORY: "128m",
      MAMMOEVAL_DISK_FREE: "1k",
    });
    await registerSample(service.url);
    for (const { name, request, type, message, tail } of CASES) {
      await t.step(name, async () => {
        const asked = { ...request, device: "gpu", gpu: 1, parameters: { CASE: name } };
        const { id, status, error } = await evaluate(service.url, model.name, asked);
        assert.deepEqual([status, error?.type], ["failed", type], JSON.stringify(error));
        assert.match(error.message, message);
        assert.match(error.log_tail.join("\n"), tail);
        const left = (): Promise<string> =>
          docker("ps", "--all", "--quiet", "--filter", `name=mammoeval-${id}`);
        while (await left() !== "") await new Promise((resolve) => setTimeout(resolve, 50));
      });
    }
    await t.step("the next one finds the GPU free", async () => {
      const ended = await evaluate(service.url, model.name, { device: "gpu", gpu: 1 });
      assert.equal(ended.status, "succeeded", JSON.stringify(ended.error));
      assert.ok("peak_memory_bytes" in ended.provenance.resources);
    });
  },
  { gpus: true },
);

/** What a run writes and prints that lasts long enough to be measured. */
const BUSY = `
for step in 1 2 3 4 5 6 7 8 9 10 11 12; do
  printf '\\r%d%%|####| %d/12 [00:01<00:02]' $((step * 8)) $step
  count=0; while [ $count -lt 20000 ]; do count=$((count + 1)); done
  sleep 0.2
done
echo
${GOOD_ROWS}`;

await engineTest(
  "what a run used is told with its result, and its bars are its progress",
  async () => {
    await using model = await makeToyModel({ script: BUSY });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_DISK_FREE: "1k",
    });
    await registerSample(service.url);
    const { id, status, provenance } = await evaluate(service.url, model.name);
    assert.equal(status, "succeeded");
    const { peak_memory_bytes, cpu_s, peak_processes, disk_bytes } = provenance.resources;
    assert.ok(peak_memory_bytes > 100_000 && peak_memory_bytes < 128 * 1024 ** 2);
    assert.ok(cpu_s > 0 && peak_processes >= 1 && disk_bytes >= 0);
    assert.ok(provenance.run_ms > 0 && provenance.build_ms > 0 && provenance.score_ms >= 0);
    const events = await (await fetch(`${service.url}/v1/evaluations/${id}/events`)).text();
    assert.match(events, /"done":12,"total":12/);
  },
);

/** Runs a test on a results volume of a few megabytes. */
async function onSmallVolume(
  test: (service: ServiceUnderTest, model: ToyModel, volume: string) => Promise<void>,
): Promise<void> {
  const script = scriptOf([
    { name: "fill", script: 'echo filling; head -c 60000000 /dev/zero >"$6/a.png"; sleep 600' },
    {
      name: "hold",
      script: `until [ -e "$(dirname "$3")/go" ]; do sleep 0.05; done; ${GOOD_ROWS}`,
    },
  ]);
  await using volume = await mountSmallVolume(48);
  await using model = await makeToyModel({ script, parameters: "CASE=good" });
  await using service = await startServiceProcess({
    home: join(volume.folder, "home"),
    environment: {
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_GPUS: "none",
      MAMMOEVAL_CPU_SLOTS: "2",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_DISK_FREE: "2m",
    },
  });
  await registerSample(service.url);
  await test(
    {
      url: service.url,
      dataFolder: volume.folder,
      home: service.home,
      [Symbol.asyncDispose]: service.kill,
    },
    model,
    volume.folder,
  );
}

await engineTest(
  "a volume that fills up ends the run as disk_full, and blocks nothing for good",
  async (t) => {
    await onSmallVolume(async ({ url, home }, model, volume) => {
      const beside = await submit(url, model.name, {
        experiment: "beside",
        parameters: { CASE: "hold" },
      });
      await reached(url, beside.id, "running");
      await t.step("filled by the model", async () => {
        const { error } = await evaluate(url, model.name, { parameters: { CASE: "fill" } });
        assert.equal(error.type, "disk_full", JSON.stringify(error));
        assert.match(error.message, /MAMMOEVAL_DISK_FREE|no space was left/);
        assert.match(error.log_tail.join("\n"), /filling/);
      });
      await t.step("one that runs beside it goes on to its end", async () => {
        await Deno.writeTextFile(join(home!, "work", beside.id, "predictions", "go"), "");
        const { status, error } = await ended(url, beside.id);
        assert.equal(status, "succeeded", JSON.stringify(error));
      });
      await t.step("what filled it is gone, and the next one goes well", async () => {
        const { status, error } = await evaluate(url, model.name);
        assert.equal(status, "succeeded", JSON.stringify(error));
      });
      const ballast = join(volume, "ballast");
      await t.step("nothing starts on a volume with too little room", async () => {
        await fillUp(ballast);
        await Deno.truncate(ballast, (await Deno.stat(ballast)).size - 1024 ** 2);
        const { error } = await evaluate(url, model.name);
        assert.equal(error.type, "disk_full");
        assert.match(error.message, /must be.*MAMMOEVAL_DISK_FREE/);
        await Deno.remove(ballast);
      });
      await t.step("filled to the last byte by somebody else while one runs", async () => {
        const { id } = await submit(url, model.name, { parameters: { CASE: "hold" } });
        await reached(url, id, "running");
        await fillUp(ballast);
        // It is not ended for what others do, and finds out itself when it wants to write.
        await Deno.writeTextFile(join(home!, "work", id, "predictions", "go"), "");
        const { error } = await ended(url, id);
        assert.equal(error?.type, "disk_full");
        assert.match(error.message, /no space was left/);
        await fillUp(ballast);
        const body = { model: model.name, experiment: "exp1", dataset: "sample" };
        const refused = await sendJson(`${url}/v1/evaluations`, "POST", body);
        assertProblem(refused, 503, "unavailable");
        assert.match(refused.body.detail, /volume is full/);
        await Deno.remove(ballast);
      });
      await t.step("with room again the next one goes well", async () => {
        const { status, error } = await evaluate(url, model.name);
        assert.equal(status, "succeeded", JSON.stringify(error));
      });
    });
  },
  { smallVolume: true },
);
