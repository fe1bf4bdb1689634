import assert from "node:assert/strict";
import { join } from "node:path";
import { apptainerTest, startApptainerSite } from "../support/apptainer.ts";
import {
  ended,
  evaluate,
  logged,
  logOf,
  reached,
  registerSample,
  submit,
} from "../support/evaluations.ts";
import { eventually } from "../support/eventually.ts";
import { sendJson } from "../support/http.ts";
import { GOOD_ROWS, makeToyModel, WAIT_FOR_GO } from "../support/toy_model.ts";

/** Does what the experiment is called. */
const SCRIPT = String.raw`
case $4 in
  memory) x=; while :; do x=$x$(head -c 8000000 /dev/zero | tr '\0' a); done ;;
  shared_memory) head -c 200000000 /dev/zero >/dev/shm/x; sleep 600 ;;
  child_memory) (x=; while :; do x=$x$(head -c 8000000 /dev/zero | tr '\0' a); done); ${GOOD_ROWS} ;;
  processes) while :; do sleep 600 & done ;;
  disk) head -c 60000000 /dev/zero >/home/toy/large; sleep 600 ;;
  temporary) head -c 60000000 /dev/zero >/tmp/large; sleep 600 ;;
  output) yes a line that says nothing ;;
  code) exit 255 ;;
  time) sleep 600 ;;
  killed) for i in $(seq 20); do echo "line $i"; done; ${WAIT_FOR_GO}; echo "line 21"; ${GOOD_ROWS} ;;
esac
`;

/** How each ends: what the run may have, and what it is told. */
const CASES: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["memory", {}, "out_of_memory"],
  ["child_memory", {}, "out_of_memory"],
  ["shared_memory", {}, "out_of_memory"],
  ["processes", { limits: { pids: 40 } }, "too_many_processes"],
  ["disk", {}, "disk_limit_exceeded"],
  ["temporary", {}, "disk_limit_exceeded"],
  ["output", {}, "too_much_output"],
  ["code", {}, "container_failed"],
  ["time", { timeout_s: 5 }, "timed_out"],
];

/** Command lines that name a path: the script that looks after a run, its container, what serves its files. */
function processesNaming(path: string): string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    } catch {
      return "";
    }
  }).filter((line) => line.includes(`${path}/work/`));
}

await apptainerTest(
  "limits hold without an engine, and a run goes on while the service is away",
  async (stack) => {
    const model = stack.use(await makeToyModel({ script: SCRIPT }));
    const site = await startApptainerSite(stack, [model], {
      MAMMOEVAL_MEMORY: "128m",
      MAMMOEVAL_DISK: "40m",
      MAMMOEVAL_OUTPUT: "1m",
    });
    await registerSample(site.url);
    await site.bring(model);
    for (const [experiment, request, type] of CASES) {
      const { error } = await evaluate(site.url, model.name, { experiment, ...request });
      assert.equal(error?.type, type, `${experiment}: ${JSON.stringify(error)}`);
    }

    const cancelled = await submit(site.url, model.name, { experiment: "time" });
    await reached(site.url, cancelled.id, "running");
    await sendJson(`${site.url}/v1/evaluations/${cancelled.id}/cancel`, "POST");
    assert.equal((await ended(site.url, cancelled.id)).status, "cancelled");

    const { id } = await submit(site.url, model.name, { experiment: "killed" });
    await logged(site.url, id, /line 20/);
    await site.kill();
    await Deno.writeTextFile(join(site.home, "work", id, "predictions", "go"), "");
    await site.start();
    const evaluation = await ended(site.url, id);
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    assert.equal(evaluation.provenance.attempt, 1);
    const lines = (await logOf(site.url, id)).filter((line) => line.startsWith("line "));
    assert.deepEqual(lines, Array.from({ length: 21 }, (_, index) => `line ${index + 1}`));
    assert.deepEqual(await Array.fromAsync(Deno.readDir(join(site.home, "work"))), []);
    const left = await eventually(() => processesNaming(site.home), ({ length }) => length === 0);
    assert.deepEqual(left, []);
  },
);
