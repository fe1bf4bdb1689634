import { createServiceApp, type ServiceApp } from "../../shared/http/mod.ts";
import { addDatasetRoutes } from "./routes/datasets.ts";
import { addExamRoutes } from "./routes/exams.ts";
import { addImagesNowRoutes } from "./routes/images_now.ts";
import type { IngestionDependencies } from "./dependencies.ts";

/** Builds the ingestion app: it takes in data lists and images and serves datasets under `/v1/datasets`. */
export function createApp(dependencies: IngestionDependencies): ServiceApp {
  const app = createServiceApp({
    service: "ingestion",
    log: dependencies.log,
    damaged: dependencies.damage.list,
  });
  addDatasetRoutes(app, dependencies);
  addExamRoutes(app, dependencies);
  addImagesNowRoutes(app, dependencies);
  return app;
}
