import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { IngestionDependencies } from "../dependencies.ts";
import type { StoredDataset } from "../dataset_store.ts";
import { foreignFilesOf, lookAgain } from "../look_again.ts";

/**
 * Adds the internal routes that inference calls before and after a run. Only ingestion sees the folders of
 * the data; the gateway does not forward these paths, and they are not part of the API.
 */
export function addImagesNowRoutes(app: ServiceApp, dependencies: IngestionDependencies): void {
  app.get("/internal/datasets/:id/images", async (c) => {
    const dataset = await findReady(c.req.param("id"), dependencies);
    const start = Number(c.req.query("start") ?? 0);
    const look = Number.isSafeInteger(start) && start >= 0
      ? await lookAgain(dataset, dependencies, start)
      : null;
    if (look === null) {
      throw new Problem("invalid_request", "start: there is no image at this position");
    }
    return c.json(look);
  });

  app.get("/internal/datasets/:id/foreign", async (c) => {
    const dataset = await findReady(c.req.param("id"), dependencies);
    return c.json(await foreignFilesOf(dataset, dependencies.store));
  });
}

async function findReady(id: string, { registry }: IngestionDependencies): Promise<StoredDataset> {
  const dataset = await registry.get(id);
  if (dataset?.status === "ready") return dataset;
  throw new Problem("dataset_not_ready", `Dataset ${id} is not ready: it cannot be evaluated`);
}
