import assert from "node:assert/strict";
import { docker, engineTest, TINY_IMAGE } from "../support/engine.ts";
import { leftBehind, type SuiteRun } from "./left_behind.ts";
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

Deno.test("files and processes that tests leave are named", () =>
  inRun(async (run) => {
    assert.deepEqual(await leftBehind(run), []);
    await Deno.writeTextFile(`${run.folder}/half`, "");
    const child = new Deno.Command("sleep", { args: ["600"], env: { TMPDIR: run.folder } }).spawn();
    try {
      const [file, process] = await leftBehind(run);
      assert.equal(file, `file ${run.folder}/half`);
      assert.match(process!, new RegExp(`^process ${child.pid}: .*sleep 600$`));
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
    assert.deepEqual(await leftBehind(run), [`file ${run.folder}/half`]);
  }));

await engineTest(
  "so are containers and networks, those of others are not",
  () =>
    inRun(async (run) => {
      const network = await docker(
        "network",
        "create",
        "--label",
        `${TEST_RUN_LABEL}=${run.name}`,
        run.name,
      );
      const other = await docker(
        "create",
        "--label",
        `${TEST_RUN_LABEL}=other-${run.name}`,
        TINY_IMAGE,
        "true",
      );
      const label = `mammoeval.volume=${run.folder}/home`;
      const container = await docker("create", "--label", label, TINY_IMAGE, "true");
      try {
        const found = (await leftBehind(run)).map((line) => line.split(" ").slice(0, 2));
        assert.deepEqual(found, [["container", container], ["network", network]]);
      } finally {
        await docker("rm", container, other);
        await docker("network", "rm", network);
      }
    }),
);
