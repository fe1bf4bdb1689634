import assert from "node:assert/strict";
import { join } from "node:path";
import { makeModelFolder } from "../../cli/new_model.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { DEBIAN_IMAGE, docker, engineTest, runDocker, TINY_IMAGE } from "../support/engine.ts";
import { registerSample } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";

/** The contribution check, the builds and the list of images, with a real engine. */

async function writeBroken(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "predict"), { recursive: true });
  const files: Record<string, string> = {
    "Dockerfile": `FROM ${TINY_IMAGE}\n`,
    "config.txt": 'CONTAINER_PREDICT_PATH="/home/x"\nLOST=1\n',
    "model.json": '{"level":"image","devices":["cpu"]}',
    "predict/predict.sh": "#!/bin/bash\n" +
      'echo left_malignant,right_malignant >"$3"\n' +
      'for exam in 1 2 3 4; do echo "0.1,0.$RANDOM$RANDOM" >>"$3"; done\n',
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
}

await engineTest("the contribution check with an engine", async (t) => {
  const root = await Deno.makeTempDir({ prefix: "mammoeval-check-" });
  const suffix = crypto.randomUUID().slice(0, 8);
  const [fresh, broken] = [`fresh-${suffix}`, `broken-${suffix}`];
  await makeModelFolder(fresh, join(root, fresh));
  await writeBroken(join(root, broken));
  try {
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: root,
    });
    const ask = async (path: string, body?: unknown, method = "POST"): Promise<Json> => {
      const prefer = { prefer: "wait=280" };
      const answer = await sendJson(`${service.url}${path}`, method, body, prefer);
      assert.ok(answer.status < 300, JSON.stringify(answer.body));
      return answer.body;
    };
    await registerSample(service.url);
    const check = async (model: string): Promise<{ status: string; results: string[] }> => {
      const { status, findings } = await ask(`/v1/models/${model}/check`, { dataset: "sample" });
      return {
        status,
        results: findings.map(({ check, result }: Json) => `${result} ${check}`),
      };
    };

    await t.step("the skeleton of new-model passes", async () => {
      assert.deepEqual(await check(fresh), {
        status: "passed",
        results: [
          "passed files",
          "passed build",
          "passed run on cpu",
          "passed no root on cpu",
          "passed level on cpu",
          "passed run on cpu again",
        ],
      });
      const { body } = await sendJson(`${service.url}/v1/models/${fresh}/check`, "GET");
      assert.equal(body.status, "passed");
    });

    await t.step("a broken folder fails with each fault named", async () => {
      assert.deepEqual(await check(broken), {
        status: "failed",
        results: [
          "failed files",
          "advice files",
          "passed build",
          "passed run on cpu",
          "passed no root on cpu",
          "failed level on cpu",
          "failed run on cpu again",
        ],
      });
    });

    await t.step(
      "images are listed with size and digest, and stale ones are pruned",
      async () => {
        const before = await ask("/v1/images", undefined, "GET");
        const folders = before.items.map((
          { folder, current, used }: Json,
        ) => [folder, current, used]);
        assert.deepEqual(folders.sort(), [[broken, true, false], [fresh, true, false]]);
        assert.ok(
          before.items.every(({ size_bytes, digest }: Json) =>
            size_bytes > 0 && /^sha256:/.test(digest)
          ),
        );
        await Deno.writeTextFile(
          join(root, broken, "Dockerfile"),
          `FROM ${TINY_IMAGE}\nENV NEW=1\n`,
        );
        const removed = await ask("/v1/images/prune");
        assert.deepEqual(
          removed.items.map(({ folder }: Json) => folder),
          [broken],
        );
        const after = await ask("/v1/images", undefined, "GET");
        assert.deepEqual(after.items.map(({ folder }: Json) => folder), [fresh]);
      },
    );

    await t.step("a build by itself, and one that fails", async () => {
      const built = await ask(`/v1/models/${broken}/build`);
      assert.equal(built.status, "passed");
      assert.match(built.image.digest, /^sha256:/);
      await Deno.writeTextFile(
        join(root, broken, "Dockerfile"),
        `FROM ${TINY_IMAGE}\nRUN exit 7\n`,
      );
      const failed = await ask(`/v1/models/${broken}/build`);
      assert.equal(failed.status, "failed");
      assert.equal(failed.error.type, "image_build_failed");
      assert.ok(failed.log_tail.length > 0);
    });
  } finally {
    for (const name of [fresh, broken]) {
      const ids = await docker("image", "ls", "--quiet", `mammoeval/${name}`);
      for (const id of new Set(ids.split("\n"))) {
        if (id !== "") await runDocker(["image", "rm", "--force", id]);
      }
    }
    await Deno.remove(root, { recursive: true });
  }
}, { images: [TINY_IMAGE, DEBIAN_IMAGE] });
