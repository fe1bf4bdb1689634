import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { DEBIAN_IMAGE, docker, engineTest, runDocker } from "../support/engine.ts";
import { registerSample } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";

/** Folders made for the metarepository, from `POST /v1/evaluations` to the score, unmodified. */

async function shell(program: string, ...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(program, { args }).output();
  assert.ok(success, `${program} ${args.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

/** A copy of the folders and how they look, so that a change would be seen. */
async function copyOfFolders(): Promise<{ root: string; digest: () => Promise<string> }> {
  const root = await Deno.makeTempDir({ prefix: "mammoeval-drop-in-" });
  await shell(
    "cp",
    "--recursive",
    "--no-target-directory",
    join(PROJECT, "tests/models/drop_in"),
    root,
  );
  const digest = (): Promise<string> =>
    shell(
      "sh",
      "-c",
      `cd '${root}' && find . -type f -printf '%p %m %T@\n' -exec sha256sum {} + | sort`,
    );
  return { root, digest };
}

await engineTest(
  "folders of the metarepository build and run unmodified, as the caller's user",
  async (t) => {
    const { root, digest } = await copyOfFolders();
    const before = await digest();
    const users = join(root, "users.txt");
    await Deno.writeTextFile(users, "readers,43210\nlocal,54321\nother,54322\n");
    try {
      await using service = await startEmbedded({
        MAMMOEVAL_EXECUTOR: "docker",
        MAMMOEVAL_MODELS: root,
        MAMMOEVAL_USERS: users,
      });
      await registerSample(service.url);
      const evaluate = async (request: Record<string, unknown>): ReturnType<typeof sendJson> =>
        await sendJson(`${service.url}/v1/evaluations`, "POST", {
          experiment: "exp1",
          dataset: "sample",
          bootstrap: false,
          ...request,
        }, { prefer: "wait=280" });

      await t.step("image level, odd values and all", async () => {
        const odd = `it's $(touch /tmp/x) "quoted" \\ & |;`;
        const { body } = await evaluate({ model: "meta_image", parameters: { SCALE: odd } });
        assert.equal(body.status, "succeeded", JSON.stringify(body));
        const log = await (await fetch(`${service.url}/v1/evaluations/${body.id}/log`)).text();
        assert.ok(
          log.includes(`model <weights_[512-512]x2 & more.h5> scale <${odd}> flag <True>`),
          log,
        );
        assert.ok(log.includes("device <cpu> experiment <exp1>"), log);
        assert.ok(log.includes("I am 54321:43210, in /home/meta, bias 0.25"), log);
        for (const line of ["wrote beside", "wrote preprocessed", "images are read-only"]) {
          assert.ok(log.includes(line), log);
        }
        assert.deepEqual(body.provenance.parameters, {
          MODEL: "weights_[512-512]x2 & more.h5",
          SCALE: odd,
          SCALE_UNUSED: "1",
          FLAG: "True",
        });
        const score = (await sendJson(`${service.url}${body.score}`, "GET")).body;
        assert.equal(score.levels.image.count, 16);
        assert.equal(score.levels.breast.count, 8);
        await ownedBy(join(service.home!, "results/exp1/meta_image", body.id), 54321, 43210);
      });

      await t.step("breast level, without ids", async () => {
        const { body } = await evaluate({ model: "meta_breast" });
        assert.equal(body.status, "succeeded", JSON.stringify(body));
        const score = (await sendJson(`${service.url}${body.score}`, "GET")).body;
        assert.deepEqual(Object.keys(score.levels), ["breast", "exam"]);
      });

      await t.step("unknown parameters are refused with the known ones", async () => {
        const { status, body } = await evaluate({
          model: "meta_image",
          parameters: { SCALES: "1" },
        });
        assert.equal(status, 422);
        assert.equal(body.type, "invalid_parameters");
        assert.match(body.detail, /no parameter SCALES: it has MODEL, SCALE, SCALE_UNUSED, FLAG/);
      });

      await t.step("the folders are as they were", async () => {
        await Deno.remove(users);
        assert.equal(await digest(), before);
      });
    } finally {
      const made = await docker(
        "image",
        "ls",
        "--quiet",
        "--filter",
        "reference=mammoeval/meta_*",
      );
      for (const id of new Set(made.split("\n"))) {
        if (id !== "") await runDocker(["image", "rm", "--force", id]);
      }
      await Deno.remove(root, { recursive: true });
    }
  },
  { images: [DEBIAN_IMAGE] },
);

/** What root has written of an evaluation belongs to who asked for it. */
async function ownedBy(folder: string, uid: number, gid: number): Promise<void> {
  if (Deno.uid() !== 0) return;
  for await (const { name } of Deno.readDir(folder)) {
    const info = await Deno.stat(join(folder, name));
    // Scoring writes its report by itself, before the evaluation's record hands all over.
    assert.deepEqual([name, info.uid, info.gid], [name, uid, gid]);
  }
}
