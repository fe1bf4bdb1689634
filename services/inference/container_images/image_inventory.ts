import type { BuildContexts } from "./build_contexts.ts";
import type { ImageStore, StoredImage } from "./image_store.ts";
import type { ModelCatalogue } from "../models/model_catalogue.ts";

/** An image, and whether a current model needs it. */
export interface InventoryImage extends StoredImage {
  readonly current: boolean;
}

export interface ImageInventory {
  list(): Promise<InventoryImage[]>;
  /** Removes images that no model needs and no container uses, and returns them. */
  prune(): Promise<StoredImage[]>;
}

/** Creates the inventory; `contexts` computes the tags of the models' images. */
export function createImageInventory(
  store: ImageStore,
  catalogue: ModelCatalogue,
  contexts: Pick<BuildContexts, "plan">,
): ImageInventory {
  async function currentTags(): Promise<Set<string>> {
    const tags = new Set<string>();
    for (const name of await catalogue.names()) {
      const lookup = await catalogue.find(name);
      if (!lookup.ok) continue;
      const { model, base } = contexts.plan(lookup.model);
      tags.add(model.tag);
      if (base !== null) tags.add(base.tag);
    }
    return tags;
  }
  return {
    async list(): Promise<InventoryImage[]> {
      const current = await currentTags();
      return (await store.list()).map((image) => ({ ...image, current: current.has(image.tag) }));
    },
    prune: async () => pruneImages(store, await currentTags()),
  };
}

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
