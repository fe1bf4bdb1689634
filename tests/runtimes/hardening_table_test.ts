import assert from "node:assert/strict";
import type { Diagnosis } from "../../shared/contracts/doctor.ts";
import { apptainerTest, startApptainerSite } from "../support/apptainer.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { engineTest, TINY_IMAGE } from "../support/engine.ts";
import { evaluate, logOf, registerSample } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";
import { podmanTest, startPodmanSite } from "../support/podman.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel } from "../support/toy_model.ts";

/** Prints `broke <measure>` for each measure that does not hold; other experiments go beyond one limit. */
const SCRIPT = String.raw`
broke() { echo "broke $1"; }
case $4 in
  look)
    [ "$(sed -n 's/^ *\([a-z0-9]*\):.*/\1/p' /proc/net/dev | tr -d '\n')" = lo ] || broke network
    [ -s /etc/resolv.conf ] && broke network
    for path in /home/images/x /home/data.pkl predict.sh; do (echo x >>"$path") 2>/dev/null && broke root; done
    for set in CapEff CapBnd; do grep -q "^$set:.0*$" /proc/self/status || broke capabilities; done
    grep -q '^NoNewPrivs:.1$' /proc/self/status || broke privileges
    env | grep -q 'of the service' && broke environment
    ls /root/.bashrc "$HOME/storage.conf" /var/run/docker.sock 2>/dev/null && broke environment
    env | grep -qE '^(PRETENDED_GPU_.=|NVIDIA_VISIBLE_DEVICES=[0-9a]|CUDA_VISIBLE_DEVICES=[0-9])' && broke gpus
    echo "looked" ;;
  memory) x=; while :; do x=$x$(head -c 8000000 /dev/zero | tr '\0' a); done ;;
  processes) for i in $(seq 200); do sleep 600 & done; sleep 1 ;;
  disk) head -c 60000000 /dev/zero >"$6/large"; sleep 600 ;;
  output) yes a line that says nothing ;;
esac
${GOOD_ROWS}
`;

/** What each experiment must be ended for. */
const LIMITS = [
  ["memory", "out_of_memory"],
  ["processes", "too_many_processes"],
  ["disk", "disk_limit_exceeded"],
  ["output", "too_much_output"],
] as const;

const ENVIRONMENT = {
  MAMMOEVAL_DISK: "40m",
  MAMMOEVAL_OUTPUT: "1m",
  MAMMOEVAL_MEMORY: "128m",
  MAMMOEVAL_TEST_SECRET: "of the service",
  HTTP_PROXY: "http://of the service",
};

/** Tries every measure and compares with what the doctor promises; prints one line for each. */
async function tryAll(runtime: string, url: string, model: ToyModel): Promise<void> {
  await registerSample(url);
  const doctor: Diagnosis = (await sendJson(`${url}/v1/doctor`, "GET")).body;
  const lacking = new Set(
    doctor.hardening.filter(({ held }) => held === "lacking").map(({ measure }) => measure),
  );
  const look = await evaluate(url, model.name, { experiment: "look", device: "cpu" });
  assert.equal(look.status, "succeeded", JSON.stringify(look.error));
  const lines = await logOf(url, look.id);
  assert.ok(lines.some((line) => line === "looked"), "it looked to the end");
  const through = new Set(
    lines.flatMap((line) => /^broke (\w+)$/.exec(line)?.[1] ?? []),
  );
  const tried = new Set(["network", "root", "capabilities", "privileges", "environment", "gpus"]);
  for (const [experiment, type] of LIMITS) {
    // Without a bound this would take the machine's memory.
    if (lacking.has(experiment)) continue;
    tried.add(experiment);
    const request = { experiment, limits: { pids: 40 }, timeout_s: 120 };
    const { error } = await evaluate(url, model.name, request);
    if (error?.type !== type) through.add(experiment);
  }
  const table = doctor.hardening.map(({ measure, held, by }) =>
    [
      runtime.padEnd(10),
      measure.padEnd(13),
      held.padEnd(9),
      (!tried.has(measure) ? "not tried" : through.has(measure) ? "BROKE" : "held").padEnd(10),
      by,
    ].join(" ")
  );
  Deno.stderr.writeSync(new TextEncoder().encode(`${table.join("\n")}\n`));
  assert.deepEqual([...through].filter((measure) => !lacking.has(measure as never)), []);
}

await engineTest("what holds a container of Docker is what the doctor says", async () => {
  await using model = await makeToyModel({ script: SCRIPT });
  await using service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_MODELS: model.root,
    ...ENVIRONMENT,
  });
  await tryAll("docker", service.url, model);
}, { images: [TINY_IMAGE] });

await podmanTest("what holds a container of Podman is what the doctor says", async (stack) => {
  const model = stack.use(await makeToyModel({ script: SCRIPT }));
  const site = await startPodmanSite(stack, [model], ENVIRONMENT);
  await tryAll("podman", site.url, model);
});

await apptainerTest(
  "what holds a container of Apptainer is what the doctor says",
  async (stack) => {
    const model = stack.use(await makeToyModel({ script: SCRIPT }));
    const site = await startApptainerSite(stack, [model], ENVIRONMENT);
    await site.bring(model);
    await tryAll("apptainer", site.url, model);
  },
);
