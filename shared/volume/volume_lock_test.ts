import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { volumeLayout } from "./layout.ts";
import { lockVolume, VolumeInUse } from "./volume_lock.ts";

const MODULE = new URL("./mod.ts", import.meta.url).href;

/** Starts another process that holds a lock on a volume until it is killed. */
async function startHolder(home: string, role: string): Promise<Deno.ChildProcess> {
  const code = `import { lockVolume, volumeLayout } from "${MODULE}";
    await lockVolume(volumeLayout(Deno.args[0]), Deno.args[1]);
    console.log("held"); setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code, home, role],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "held\n");
  await reader.cancel();
  return child;
}

async function onVolume(test: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("each service's part of a volume is one process's; the refusal names it", () =>
  onVolume(async (home) => {
    const layout = volumeLayout(home);
    const holder = await startHolder(home, "ingestion");
    try {
      await assert.rejects(lockVolume(layout, "ingestion"), (error) => {
        assert.ok(error instanceof VolumeInUse);
        for (const part of [home, "ingestion", `process ${holder.pid}`, Deno.hostname()]) {
          assert.ok(error.message.includes(part), `${part} in ${error.message}`);
        }
        assert.match(error.message, /started \d{4}-\d\d-\d\dT.*MAMMOEVAL_URL.*MAMMOEVAL_HOME/);
        return true;
      });
      using _other = await lockVolume(layout, "scoring");
    } finally {
      holder.kill("SIGKILL");
      await holder.status;
    }
  }));

Deno.test("the lock of a process that was killed keeps nobody out, whatever its file says", () =>
  onVolume(async (home) => {
    const holder = await startHolder(home, "inference");
    holder.kill("SIGKILL");
    await holder.status;
    const text = await Deno.readTextFile(join(home, "locks/inference/lock"));
    assert.equal(JSON.parse(text).pid, holder.pid);
    using lock = await lockVolume(volumeLayout(home), "inference");
    lock.release();
    using _again = await lockVolume(volumeLayout(home), "inference");
  }));

Deno.test("a lock file with anything in it is no hindrance, and the refusal then names nobody", () =>
  onVolume(async (home) => {
    const layout = volumeLayout(home);
    const path = join(layout.locks, "gateway/lock");
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, "x".repeat(10_000));
    using _lock = await lockVolume(layout, "gateway");
    await Deno.writeTextFile(path, "{");
    await assert.rejects(lockVolume(layout, "gateway"), /in use by another process/);
  }));
