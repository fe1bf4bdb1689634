import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer, problemAnswer } from "../../../shared/contracts/common.ts";
import { type ImageRecord, imageSchema } from "../../../shared/contracts/models.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../app.ts";
import type { ShelvedImage } from "../container_images/image_shelf.ts";

const listAnswer = z.object({
  items: z.array(imageSchema),
  size_bytes: z.number().int().openapi({
    description: "Sum of the sizes; images share layers, so that less is used",
  }),
});

/**
 * Hangs `/v1/images` on an app: the container images that were built here.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addImageRoutes(app: ServiceApp, { images }: InferenceDependencies): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/images",
      summary: "List the container images that were built here, oldest first",
      responses: { 200: jsonAnswer(listAnswer, "All images"), default: problemAnswer },
    }),
    async (c) => c.json(answerOf(await images.list()), 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/images/prune",
      summary: "Remove images that no model folder needs and no container uses",
      responses: { 200: jsonAnswer(listAnswer, "What was removed"), default: problemAnswer },
    }),
    async (c) => {
      const removed = await images.prune();
      return c.json(answerOf(removed.map((image) => ({ ...image, current: false }))), 200);
    },
  );
}

function answerOf(images: readonly ShelvedImage[]): { items: ImageRecord[]; size_bytes: number } {
  const items = images.map(({ sizeBytes, builtAt, ...image }) => ({
    ...image,
    size_bytes: sizeBytes,
    built_at: builtAt,
  }));
  return { items, size_bytes: items.reduce((sum, { size_bytes }) => sum + size_bytes, 0) };
}
