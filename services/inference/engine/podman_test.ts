import assert from "node:assert/strict";
import { join } from "node:path";
import { diagnosePodman } from "./podman.ts";

/** Diagnoses with a stand-in for podman that prints this. */
async function diagnose(script: string): ReturnType<typeof diagnosePodman> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-podman-" });
  const path = Deno.env.get("PATH") ?? "";
  try {
    await Deno.writeTextFile(join(folder, "podman"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    Deno.env.set("PATH", `${folder}:${path}`);
    return await diagnosePodman();
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
}

function info(controllers: readonly string[] | null, ids: number, cgroupVersion = "v2"): string {
  return `echo '${
    JSON.stringify({
      host: {
        cgroupVersion,
        cgroupControllers: controllers,
        security: { rootless: true },
        idMappings: { uidmap: Array.from({ length: ids }, () => ({})) },
      },
      version: { Version: "5.0.0" },
    })
  }'`;
}

Deno.test("the doctor names what Podman cannot bound, and how to get it delegated", async () => {
  const { limits_lacking, message } = await diagnose(info(["cpuset", "memory", "pids"], 2));
  assert.deepEqual(limits_lacking, ["cores"]);
  assert.match(message, /Delegate=memory pids cpu|catatonit/);
  const old = await diagnose(info(null, 2, "v1"));
  assert.deepEqual(old.limits_lacking, ["memory", "swap", "processes", "cores"]);
  assert.deepEqual((await diagnose(info(["cpu", "memory", "pids"], 2))).limits_lacking, []);
});

Deno.test("missing subordinate ids and a missing newuidmap are named before the first run", async () => {
  const noIds = await diagnose(info([], 1));
  assert.ok(!noIds.ok);
  assert.match(noIds.message, /usermod --add-subuids/);
  const noMap = await diagnose(
    `echo 'Error: command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH' >&2; exit 125`,
  );
  assert.ok(!noMap.ok);
  assert.match(noMap.message, /install the package uidmap/);
  const nothing = await diagnose("exit 127");
  assert.match(nothing.message, /Podman does not work/);
});
