import assert from "node:assert/strict";
import { startEmbedded } from "../support/embedded_service.ts";
import { docker, engineTest, TINY_IMAGE } from "../support/engine.ts";
import {
  evaluate,
  logged,
  logOf,
  reached,
  registerSample,
  submit,
} from "../support/evaluations.ts";
import { eventually } from "../support/eventually.ts";
import { type Json, sendJson } from "../support/http.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel } from "../support/toy_model.ts";
import type { ServiceUnderTest } from "../support/embedded_service.ts";

async function serve(model: ToyModel, environment = {}): Promise<ServiceUnderTest> {
  const service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_MODELS: model.root,
    MAMMOEVAL_MEMORY: "48m",
    ...environment,
  });
  await registerSample(service.url);
  return service;
}

/** What an evaluation has left: containers, scratch folders, leases. */
async function leftBy(service: ServiceUnderTest, id: string): Promise<string[]> {
  const label = `label=mammoeval.evaluation=${id}`;
  const containers = await docker("ps", "--all", "--quiet", "--filter", label);
  const folders = [`${service.home}/work`, `${service.home}/leases/sample`];
  return [
    containers,
    ...folders.flatMap((folder) => [...Deno.readDirSync(folder)].map(({ name }) => name)),
  ]
    .filter((name) => name !== "");
}

/** Nothing may stay; it goes just after the end was written down, so that it is looked for again. */
async function assertTidy(service: ServiceUnderTest, id: string): Promise<void> {
  assert.deepEqual(await eventually(() => leftBy(service, id), ({ length }) => length === 0), []);
}

await engineTest(
  "an image that cannot be built: the build's last lines, and no container",
  async () => {
    await using model = await makeToyModel({
      dockerfile:
        `FROM ${TINY_IMAGE}\nRUN echo fetching weights && echo weights are gone >&2 && exit 7`,
      script: GOOD_ROWS,
    });
    await using service = await serve(model);
    const { id, status, error, provenance } = await evaluate(service.url, model.name);
    assert.deepEqual([status, error.type, error.stage], [
      "failed",
      "image_build_failed",
      "building",
    ]);
    assert.match(error.message, /no container was started/);
    assert.match(error.log_tail.join("\n"), /fetching weights[\s\S]*weights are gone[\s\S]*7/);
    assert.equal(provenance.image, undefined);
    await assertTidy(service, id);
    const { body } = await sendJson(`${service.url}/v1/models/${model.name}`, "GET");
    assert.equal(body.image, null);
  },
);

/** How runs can go wrong, one value of the parameter CASE each. */
const CASES: readonly {
  name: string;
  script: string;
  request?: Record<string, unknown>;
  type: string;
  message: RegExp;
  tail?: RegExp;
}[] = [
  {
    name: "exit",
    script: "echo reading; echo 'KeyError: weights' >&2; exit 3",
    type: "container_failed",
    message: /exit code 3/,
    tail: /KeyError: weights/,
  },
  {
    name: "minus_one",
    script: "printf 'sys.exit(-1)' >&2; exit 255",
    type: "container_failed",
    message: /exit code 255/,
    tail: /^sys\.exit\(-1\)$/m,
  },
  {
    // Two bytes without a newline, and a signal that ends the script itself.
    name: "killed_by_itself",
    script: "echo begun; printf '\\303\\251' >&2; kill -9 $$",
    type: "container_failed",
    message: /exit code 137 \(killed\)/,
    tail: /^é$/m,
  },
  {
    name: "ended_by_signal",
    script: "printf bye; kill -TERM $$",
    type: "container_failed",
    message: /exit code 143/,
    tail: /^bye$/m,
  },
  {
    name: "half_a_character",
    script: "printf 'x\\303' >&2; exit 255",
    type: "container_failed",
    message: /exit code 255/,
    tail: /^x\ufffd$/m,
  },
  {
    name: "declared",
    script: "printf 'mammoeval: error: out_of_memory: too large a batch' >&2; exit 1",
    type: "out_of_memory",
    message: /The model says: too large a batch/,
  },
  { name: "memory", script: "tail /dev/zero", type: "out_of_memory", message: /MAMMOEVAL_MEMORY/ },
  {
    // A script that goes on after its child was killed ends with 0.
    name: "memory_of_child",
    script: `tail /dev/zero || true; ${GOOD_ROWS}`,
    type: "out_of_memory",
    message: /MAMMOEVAL_MEMORY/,
  },
  {
    name: "time",
    script: "sleep 600",
    request: { timeout_s: 1 },
    type: "timed_out",
    message: /timeout_s = 1 s/,
  },
  { name: "nothing", script: "echo done", type: "invalid_predictions", message: /no predictions/ },
  {
    name: "empty",
    script: ': >"$3"',
    type: "invalid_predictions",
    message: /empty|header/,
  },
  {
    name: "header_only",
    script: 'echo left_malignant,right_malignant >"$3"',
    type: "invalid_predictions",
    message: /no rows/,
  },
  {
    name: "nan",
    script: `${GOOD_ROWS}; sed -i 's/0.9/nan/' "$3"`,
    type: "invalid_predictions",
    message: /Line 3, column right_malignant is "nan"/,
  },
  {
    name: "missing_row",
    script: `${GOOD_ROWS}; sed -i '$d' "$3"`,
    type: "invalid_predictions",
    message: /3|4/,
  },
  {
    name: "unknown_image",
    script: 'echo image_index,malignant_pred >"$3"; echo somebody,0.5 >>"$3"',
    type: "invalid_predictions",
    message: /./,
  },
  {
    name: "link",
    script: 'ln -s /etc/passwd "$3"',
    type: "invalid_predictions",
    message: /no predictions/,
  },
];

await engineTest(
  "every way in which a run can fail has its type and says what to do",
  async (t) => {
    const branches = CASES.map(({ name, script }) => `${name}) ${script} ;;`).join("\n");
    await using model = await makeToyModel({
      script: `CASE=good\ncase $CASE in\n${branches}\n*) ${GOOD_ROWS} ;;\nesac`,
      parameters: "CASE=good",
    });
    await using service = await serve(model);
    for (const { name, request, type, message, tail } of CASES) {
      await t.step(name, async () => {
        const parameters = { CASE: name };
        const ended: Json = await evaluate(service.url, model.name, { parameters, ...request });
        assert.deepEqual(
          [ended.status, ended.error?.type, ended.error?.stage],
          ["failed", type, "running"],
          JSON.stringify(ended.error),
        );
        assert.match(ended.error.message, message);
        assert.equal(ended.provenance.attempt, 1, "what the model does is not tried again");
        if (tail !== undefined) assert.match(ended.error.log_tail.join("\n"), tail);
        assert.equal(ended.score, null);
        await assertTidy(service, ended.id);
      });
    }
    await t.step("and the next one goes well", async () => {
      const ended = await evaluate(service.url, model.name);
      assert.equal(ended.status, "succeeded", JSON.stringify(ended.error));
      const states = (await logOf(service.url, ended.id)).filter((line) =>
        /\[mammoeval\]/.test(line)
      );
      assert.match(states.join("\n"), /container ended with 0\n.*scored/);
      await assertTidy(service, ended.id);
    });
  },
);

await engineTest("an image without bash is named", async () => {
  await using model = await makeToyModel({
    dockerfile: `FROM ${TINY_IMAGE}\nRUN rm /bin/bash`,
    script: GOOD_ROWS,
  });
  await using service = await serve(model);
  const { id, error } = await evaluate(service.url, model.name);
  assert.equal(error.type, "container_failed");
  assert.match(error.message, /bash itself, if the image has none/);
  assert.match(error.log_tail.join(), /bash/);
  await assertTidy(service, id);
});

await engineTest("cancelling while it is built, runs and is scored", async (t) => {
  const cancel = async (url: string, id: string): Promise<Json> =>
    (await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST")).body;
  await t.step("while the image is built", async () => {
    await using model = await makeToyModel({
      dockerfile: `FROM ${TINY_IMAGE}\nRUN echo long step && sleep 600`,
      script: GOOD_ROWS,
    });
    await using service = await serve(model);
    const { id } = await submit(service.url, model.name);
    await logged(service.url, id, /long step$/);
    const { status, error, score } = await cancel(service.url, id);
    assert.deepEqual([status, error, score], ["cancelled", null, null]);
    assert.equal(await docker("image", "ls", "--quiet", `mammoeval/${model.name}`), "");
    await assertTidy(service, id);
  });
  await using model = await makeToyModel({
    script: `WAIT=no\nif [ $WAIT = yes ]; then echo waiting; sleep 600; fi\n${GOOD_ROWS}`,
    parameters: "WAIT=no",
  });
  await using service = await serve(model);
  await t.step("while it runs", async () => {
    const { id } = await submit(service.url, model.name, { parameters: { WAIT: "yes" } });
    await logged(service.url, id, /^waiting$/);
    assert.equal((await cancel(service.url, id)).status, "cancelled");
    assert.equal((await cancel(service.url, id)).status, "cancelled", "twice is as once");
    await assertTidy(service, id);
  });
  await t.step("while it is scored", async () => {
    const bootstrap = { replicates: 100_000 };
    const { id } = await submit(service.url, model.name, { bootstrap });
    await reached(service.url, id, "scoring");
    assert.equal((await cancel(service.url, id)).status, "cancelled");
    await assertTidy(service, id);
  });
});
