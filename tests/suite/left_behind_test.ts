import assert from "node:assert/strict";
import { docker, engineTest, TINY_IMAGE } from "../support/engine.ts";
import { clearAway, leftBehind, type SuiteRun } from "./left_behind.ts";
import { TEST_RUN_LABEL } from "./test_run.ts";

async function inRun(test: (run: SuiteRun) => Promise<void>): Promise<void> {
  const run = {
    folder: await Deno.makeTempDir(),
    name: `tests-${crypto.randomUUID().slice(0, 8)}`,
  };
  try {
    await test(run);
  } finally {
    await Deno.remove(run.folder, { recursive: true });
  }
}

Deno.test("files and processes that tests leave are named, and processes ended", () =>
  inRun(async (run) => {
    assert.deepEqual(await leftBehind(run), []);
    await Deno.writeTextFile(`${run.folder}/half`, "");
    const child = new Deno.Command("sleep", { args: ["600"], env: { TMPDIR: run.folder } }).spawn();
    const found = await leftBehind(run);
    const [file, process] = found;
    assert.deepEqual(file, { kind: "file", id: `${run.folder}/half`, about: "" });
    assert.deepEqual([process!.kind, process!.id], ["process", String(child.pid)]);
    assert.match(process!.about, /sleep 600$/);
    assert.deepEqual(await clearAway(found), []);
    assert.equal((await child.status).signal, "SIGKILL");
    assert.deepEqual(await leftBehind(run), [file]);
  }));

await engineTest(
  "so are containers, images and networks, and removed; those of others are neither",
  () =>
    inRun(async (run) => {
      const ours = ["--label", `${TEST_RUN_LABEL}=${run.name}`];
      const network = await docker("network", "create", ...ours, run.name);
      const others = ["--label", `${TEST_RUN_LABEL}=other-${run.name}`];
      const other = await docker("create", ...others, TINY_IMAGE, "true");
      const container = await docker("create", ...ours, TINY_IMAGE, "sleep", "600");
      await docker("start", container);
      const change = `LABEL ${TEST_RUN_LABEL}=${run.name}`;
      const image = await docker("commit", "--change", change, container, `${run.name}:1`);
      try {
        const found = await leftBehind(run);
        assert.deepEqual(found.map(({ kind, id }) => [kind, id]), [
          ["container", container],
          ["image", image],
          ["network", network],
        ]);
        assert.deepEqual(await clearAway(found), []);
        assert.deepEqual(await leftBehind(run), []);
        await docker("inspect", other);
      } finally {
        await clearAway(await leftBehind(run));
        await docker("rm", other);
      }
    }),
);
