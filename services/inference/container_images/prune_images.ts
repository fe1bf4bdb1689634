import type { ImageStore, StoredImage } from "./image_store.ts";

/** Removes images that no current model needs and no container uses: models before their bases, oldest first. */
export async function pruneImages(
  store: ImageStore,
  current: ReadonlySet<string>,
): Promise<StoredImage[]> {
  const stale = (await store.list()).filter(({ tag, used }) => !used && !current.has(tag));
  const inOrder = [
    ...stale.filter(({ kind }) => kind === "model"),
    ...stale.filter(({ kind }) => kind === "base"),
  ];
  const removed: StoredImage[] = [];
  for (const image of inOrder) if (await store.remove(image)) removed.push(image);
  return removed;
}
