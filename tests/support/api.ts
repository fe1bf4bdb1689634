import { type Apps, assembleDocument } from "../openapi/document/assemble.ts";
import { Registry } from "prom-client";
import { createApp as createGateway } from "../../services/gateway/app.ts";
import { type ApiDocument, readDocument } from "../openapi/document/document.ts";
import { createApp as createInference } from "../../services/inference/app.ts";
import type { InferenceDependencies } from "../../services/inference/dependencies.ts";
import { createApp as createIngestion } from "../../services/ingestion/app.ts";
import type { IngestionDependencies } from "../../services/ingestion/dependencies.ts";
import { createApp as createScoring } from "../../services/scoring/app.ts";
import type { ScoringDependencies } from "../../services/scoring/dependencies.ts";
import { type Fetch, type ServiceApp, SILENT_LOG } from "../../shared/http/mod.ts";

/** Creates the real apps of gateway and services, without any backends. */
export function makeApps(): Apps {
  const services = {
    ingestion: createIngestion(anything<IngestionDependencies>({ log: SILENT_LOG })),
    inference: createInference(
      anything<InferenceDependencies>({ log: SILENT_LOG, registry: new Registry() }),
    ),
    scoring: createScoring(anything<ScoringDependencies>({ log: SILENT_LOG })),
  };
  const fetchOf = (app: ServiceApp): Fetch => (request) => app.fetch(request);
  const gateway = createGateway({
    upstreams: {
      ingestion: fetchOf(services.ingestion),
      inference: fetchOf(services.inference),
      scoring: fetchOf(services.scoring),
    },
    log: SILENT_LOG,
    access: null,
    rateLimit: 0,
    hosts: [],
  });
  return { ...services, gateway };
}

let document: Promise<ApiDocument> | null = null;

/** The API document, generated once from the code under test. */
export function apiDocument(): Promise<ApiDocument> {
  return document ??= assembleDocument(makeApps()).then((made) =>
    readDocument(JSON.parse(JSON.stringify(made)))
  );
}

/** A stub with every property, so that routes can be registered. */
function anything<T extends object>(known: Partial<T>): T {
  const nothing: unknown = new Proxy(() => {}, {
    get: (_, name) => name === Symbol.iterator ? (): Iterator<never> => [].values() : nothing,
    apply: () => nothing,
  });
  return new Proxy(known, {
    get: (target, name) => Reflect.get(target, name) ?? nothing,
  }) as T;
}
