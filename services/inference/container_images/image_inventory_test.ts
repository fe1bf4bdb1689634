import assert from "node:assert/strict";
import type { ImageStore, StoredImage } from "./image_store.ts";
import { pruneImages } from "./image_inventory.ts";

function image(tag: string, overrides: Partial<StoredImage> = {}): StoredImage {
  return {
    tag,
    digest: `sha256:${tag}`,
    folder: "toy",
    kind: "model",
    sizeBytes: 1,
    builtAt: "2030-01-01T00:00:00Z",
    used: false,
    ...overrides,
  };
}

function storeOf(images: readonly StoredImage[], refuses: string[] = []): ImageStore {
  return {
    list: () => Promise.resolve([...images]),
    remove: ({ tag }) => Promise.resolve(!refuses.includes(tag)),
  };
}

async function pruned(images: readonly StoredImage[], refuses?: string[]): Promise<string[]> {
  const removed = await pruneImages(storeOf(images, refuses), new Set(["current"]));
  return removed.map(({ tag }) => tag);
}

Deno.test("what a model of today needs stays, and so does what a container uses", async () => {
  assert.deepEqual(await pruned([image("old"), image("current"), image("used", { used: true })]), [
    "old",
  ]);
});

Deno.test("models go before the bases that they build on", async () => {
  const base = image("base", { kind: "base" });
  assert.deepEqual(await pruned([base, image("one"), image("two")]), ["one", "two", "base"]);
});

Deno.test("what the engine keeps is not counted as removed", async () => {
  assert.deepEqual(await pruned([image("one"), image("two")], ["one"]), ["two"]);
});
