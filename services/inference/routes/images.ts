import { jsonAnswer, routesOf } from "../../../shared/contracts/answers.ts";
import { type ImageList, imageListSchema } from "../../../shared/contracts/models.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import type { InventoryImage } from "../container_images/image_inventory.ts";

const route = routesOf("models");

export function addImageRoutes(app: ServiceApp, { images }: InferenceDependencies): void {
  app.openapi(
    route("get", "/v1/images", "listImages", {
      summary: "List the container images built here, oldest first",
      description: "With their sizes, and whether a model folder needs them.",
      responses: { 200: jsonAnswer(imageListSchema, "All images") },
    }),
    async (c) => c.json(answerOf(await images.list()), 200),
  );

  app.openapi(
    route("post", "/v1/images/prune", "pruneImages", {
      summary: "Remove images that no model folder needs and no container uses",
      description: "Images that model folders need or containers use remain.",
      responses: { 200: jsonAnswer(imageListSchema, "The removed images") },
    }),
    async (c) => {
      const removed = await images.prune();
      return c.json(answerOf(removed.map((image) => ({ ...image, current: false }))), 200);
    },
  );
}

function answerOf(images: readonly InventoryImage[]): ImageList {
  const items = images.map(({ sizeBytes, builtAt, ...image }) => ({
    ...image,
    size_bytes: sizeBytes,
    built_at: builtAt,
  }));
  return { items, size_bytes: items.reduce((sum, { size_bytes }) => sum + size_bytes, 0) };
}
