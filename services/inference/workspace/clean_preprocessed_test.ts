import assert from "node:assert/strict";
import { SILENT_LOG } from "../../../shared/http/mod.ts";
import { cleanPreprocessed, foldersToRemove } from "./clean_preprocessed.ts";
import { inWorld } from "../../../tests/support/inference/world.ts";
import { createVolumePreprocessedStore } from "./preprocessed_store.ts";

const RULES = { ageMsMax: 100, bytesMax: 50 };

function folder(
  path: string,
  usedMs: number,
  bytes: number,
): Parameters<typeof foldersToRemove>[0][0] {
  return { path, usedMs, bytes };
}

function removed(...args: Parameters<typeof foldersToRemove>): string[] {
  return foldersToRemove(...args).map(({ path }) => path);
}

Deno.test("what is too old goes, what is in use stays", () => {
  const folders = [folder("old", 0, 1), folder("used", 0, 1), folder("new", 950, 1)];
  assert.deepEqual(removed(folders, new Set(["used"]), RULES, 1000), ["old"]);
});

Deno.test("of what is too much the longest unused goes first, until the rest fits", () => {
  const folders = [folder("c", 990, 30), folder("a", 970, 30), folder("b", 980, 15)];
  assert.deepEqual(removed(folders, new Set(), RULES, 1000), ["a"]);
  assert.deepEqual(removed(folders, new Set(["a"]), RULES, 1000), ["b", "c"]);
});

Deno.test("runs of one experiment share their images, those on other data do not", () =>
  inWorld(async (world) => {
    const sources: string[] = [];
    world.executor.onStart = async (job) => {
      const mount = job.mounts.find(({ target }) => target === "/home/preprocessed_images")!;
      sources.push(mount.source);
      await Deno.writeTextFile(`${mount.source}/a.png`, "x");
      return { ok: true, value: undefined };
    };
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    for (const digest of ["sha256:aaaa", "sha256:aaaa", "sha256:bbbb"]) {
      const evaluation = await world.enqueue({}, { dataset_digest: digest });
      dispatcher.wake();
      assert.equal((await world.ended(evaluation.id)).status, "succeeded");
    }
    await dispatcher.stop();
    assert.equal(sources[0], sources[1]);
    assert.notEqual(sources[0], sources[2]);

    const store = createVolumePreprocessedStore(world.layout.preprocessed);
    await Deno.mkdir(`${world.layout.preprocessed}/somebody_elses/photos`, { recursive: true });
    assert.deepEqual((await store.list()).map(({ path }) => path).sort(), sources.slice(1).sort());
    const waiting = await world.enqueue({}, { dataset_digest: "sha256:bbbb" });
    const rules = { ageMsMax: 1e9, bytesMax: 0 };
    await cleanPreprocessed({ store, ledger: world.ledger, rules, log: SILENT_LOG });
    assert.deepEqual((await store.list()).map(({ path }) => path), [sources[2]]);
    world.ledger.change(waiting.id, "cancelled");
    await cleanPreprocessed({ store, ledger: world.ledger, rules, log: SILENT_LOG });
    assert.deepEqual(await store.list(), []);
    assert.ok((await Deno.stat(`${world.layout.preprocessed}/somebody_elses/photos`)).isDirectory);
  }));
