import { createServiceApp, type ServiceApp } from "../../shared/http/mod.ts";
import { addDoctorRoute } from "./routes/doctor.ts";
import { addEvaluationRoutes } from "./routes/evaluations.ts";
import { addFollowingRoutes } from "./routes/following.ts";
import { addImageRoutes } from "./routes/images.ts";
import { addModelWorkRoutes } from "./routes/model_work.ts";
import { addModelRoutes } from "./routes/models.ts";
import { addOutputRoute } from "./routes/outputs.ts";
import { addUsageRoute } from "./routes/usage.ts";
import { addWebhookRoutes } from "./routes/webhooks.ts";
import type { InferenceDependencies } from "./dependencies.ts";

/** Creates the inference service's app; it runs models on datasets, one container per evaluation. */
export function createApp(dependencies: InferenceDependencies): ServiceApp {
  const app = createServiceApp({
    service: "inference",
    log: dependencies.log,
    registry: dependencies.registry,
    damaged: dependencies.damage.list,
  });
  addModelRoutes(app, dependencies);
  addModelWorkRoutes(app, dependencies);
  addImageRoutes(app, dependencies);
  addEvaluationRoutes(app, dependencies);
  addFollowingRoutes(app, dependencies);
  addOutputRoute(app, dependencies);
  addWebhookRoutes(app, dependencies);
  addUsageRoute(app, dependencies);
  addDoctorRoute(app, dependencies);
  return app;
}
