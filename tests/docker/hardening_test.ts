import assert from "node:assert/strict";
import { join } from "node:path";
import { readDataList } from "../../shared/format/mod.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { docker, engineTest } from "../support/engine.ts";
import { ended, evaluate, logOf, reached, registerSample, submit } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";
import { GOOD_ROWS, makeToyModel, WAIT_FOR_GO } from "../support/toy_model.ts";

/** What a container can find out about itself, one `name=value` a line. */
const LOOK_AROUND = String.raw`
say() { echo "$1=$2"; }
may() { if (eval "$2") 2>/dev/null; then say "$1" yes; else say "$1" no; fi; }
first() { cat "$@" 2>/dev/null | head -n 1; }
say user "$(id -u):$(id -g)"
say interfaces "$(ls /sys/class/net | tr '\n' ' ')"
say capabilities "$(sed -n 's/^CapEff:\t*//p' /proc/self/status)"
say bounding "$(sed -n 's/^CapBnd:\t*//p' /proc/self/status)"
say no_new_privileges "$(sed -n 's/^NoNewPrivs:\t*//p' /proc/self/status)"
say memory "$(first /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max)"
say pids "$(first /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max)"
may write_images 'echo x >/home/images/x'
may write_data_list 'echo x >/home/data.pkl'
may write_script 'echo x >>predict.sh'
may write_home 'echo x >/home/x'
may write_tmp 'echo x >/tmp/x'
may write_preprocessed 'echo x >/home/preprocessed_images/x'
may see_engine 'test -e /var/run/docker.sock'
first_process=$(tr '\0' ' ' </proc/1/cmdline)
say init "$first_process"
`;

await engineTest(
  "a running container is locked down, as the engine and as it sees it",
  async () => {
    await using model = await makeToyModel({
      script: [LOOK_AROUND, WAIT_FOR_GO, GOOD_ROWS].join("\n"),
    });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_MEMORY: "64m",
    });
    const { url } = service;
    await registerSample(url);
    const { id } = await submit(url, model.name);
    await reached(url, id, "running");
    const [container] = JSON.parse(await inspected(`mammoeval-${id}`));

    const { HostConfig: host, Config: config, Mounts: mounts } = container;
    assert.equal(container.Name, `/mammoeval-${id}`);
    assert.equal(config.Labels["mammoeval.evaluation"], id);
    assert.equal(config.Labels["mammoeval.volume"], service.home);
    assert.equal(config.Labels["mammoeval.model"], model.name);
    assert.equal(host.NetworkMode, "none");
    assert.deepEqual(host.CapDrop, ["ALL"]);
    assert.deepEqual(host.CapAdd ?? [], []);
    assert.equal(host.Privileged, false);
    assert.deepEqual(host.SecurityOpt, ["no-new-privileges"]);
    assert.deepEqual([host.Memory, host.MemorySwap], [64 * 2 ** 20, 64 * 2 ** 20]);
    assert.equal(host.PidsLimit, 4096);
    assert.equal(host.Init, true);
    assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/);
    const writable = mounts.filter(({ RW }: { RW: boolean }) => RW).map((
      { Destination }: { Destination: string },
    ) => Destination);
    assert.deepEqual(writable.sort(), ["/home/predictions", "/home/preprocessed_images"]);

    await Deno.writeTextFile(join(service.home!, "work", id, "predictions", "go"), "");
    const evaluation = await ended(url, id);
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    const found = Object.fromEntries(
      (await logOf(url, id)).map((line) => /^(\w+)=(.*)$/.exec(line)).filter((match) =>
        match !== null
      ).map(([, name, value]) => [name, value!.trim()]),
    );
    assert.match(found["init"]!, /init/);
    delete found["init"];
    assert.deepEqual(found, {
      user: config.User,
      interfaces: "lo",
      capabilities: "0000000000000000",
      bounding: "0000000000000000",
      no_new_privileges: "1",
      memory: String(64 * 2 ** 20),
      pids: "4096",
      write_images: "no",
      write_data_list: "no",
      write_script: "no",
      write_home: "no",
      write_tmp: "yes",
      write_preprocessed: "yes",
      see_engine: "no",
    });
    assert.equal(await docker("ps", "--all", "--quiet", "--filter", `name=mammoeval-${id}`), "");
  },
);

/** The state `running` is written before the container is made: waits for it. */
async function inspected(name: string): Promise<string> {
  while (await docker("ps", "--quiet", "--filter", `name=${name}`) === "") {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return await docker("inspect", name);
}

await engineTest(
  "a container that reads the labels finds zeros, and the score is right",
  async () => {
    // Claims that nothing is malignant, and scores the three malignant breasts highest.
    const script = String.raw`
echo pickle "$(base64 /home/data.pkl | tr -d '\n')"
echo image_index,malignant_pred,malignant_label >"$3"
for image in /home/images/*.png; do
  name=$(basename "$image" .png)
  case $name in 1_R* | 3_*) score=0.9 ;; *) score=0.1 ;; esac
  echo "$name,$score,0" >>"$3"
done`;
    await using model = await makeToyModel({ script });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
    });
    await registerSample(service.url);
    for (const [blind, labels] of [[true, [0, 0, 0, 0]], [false, [0, 1, 0, 2]]] as const) {
      const evaluation = await evaluate(service.url, model.name, { blind });
      assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
      const line = (await logOf(service.url, evaluation.id)).find((line) =>
        line.startsWith("pickle ")
      )!;
      const seen = readDataList(Uint8Array.fromBase64(line.slice("pickle ".length)), "pkl");
      assert.deepEqual(
        seen.exams.map(({ malignant }) => Number(malignant.left) + Number(malignant.right)),
        labels,
      );
      const { levels } = (await sendJson(service.url + evaluation.score, "GET")).body;
      assert.deepEqual([levels.breast.auroc.value, levels.image.auroc.value], [1, 1]);
      assert.deepEqual([levels.breast.positives, levels.image.positives], [3, 6]);
    }
  },
);
