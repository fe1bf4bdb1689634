import { z } from "@hono/zod-openapi";
import { keepFor } from "../../../shared/async.ts";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { modelListSchema, modelSchema } from "../../../shared/contracts/models.ts";
import type { ModelRecord } from "../../../shared/contracts/models.ts";
import { modelName } from "../../../shared/contracts/parameters.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import type { ContainerImage } from "../engine/executor.ts";
import { cannotRun } from "../executors/cannot_run.ts";
import type { Model, ModelCatalogue, ModelLookup } from "../models/model_catalogue.ts";

const route = routesOf("models");

export function addModelRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  const { catalogue, executor, devices } = deps;
  const withImage = async (model: Model): Promise<ModelRecord> => ({
    ...shown(model, await executor.image(model)),
    cannot_run: cannotRun(model, executor.name, devices.gpus),
  });

  const recent = recentLookups(catalogue);

  app.openapi(
    route("get", "/v1/models", "listModels", {
      summary: "List the models",
      description:
        "With their properties and origins; a folder that cannot be used is listed with " +
        "the reason.",
      responses: {
        200: jsonAnswer(modelListSchema, "All models, and folders that cannot be used"),
      },
    }),
    async (c) => {
      const names = await catalogue.names();
      const lookups = await Promise.all(names.map((name) => recent(name)));
      const models = lookups.flatMap((lookup) => lookup.ok ? [lookup.model] : []);
      const items = await Promise.all(models.map(withImage));
      const unusable = lookups.flatMap((lookup, index) =>
        lookup.ok ? [] : [{ name: names[index]!, message: lookup.message }]
      );
      return c.json({ items, unusable }, 200);
    },
  );

  app.openapi(
    route("get", "/v1/models/{name}", "getModel", {
      summary: "One model",
      description: "Level, devices, views and parameters of the model, and its image.",
      request: { params: z.object({ name: modelName }) },
      responses: {
        200: jsonAnswer(modelSchema, "The model"),
        ...problems("not_found", "invalid_model"),
      },
    }),
    async (c) => {
      const lookup = await catalogue.find(c.req.valid("param").name);
      if (!lookup.ok) {
        throw new Problem(
          lookup.reason === "unknown" ? "not_found" : "invalid_model",
          lookup.message,
        );
      }
      return c.json(await withImage(lookup.model), 200);
    },
  );
}

/** Most lists need no newer look at the files of a model; a lookup reads dozens of them. */
const LOOKUP_KEPT_MS = 1000;

function recentLookups(catalogue: ModelCatalogue): (name: string) => Promise<ModelLookup> {
  const kept = new Map<string, () => Promise<ModelLookup>>();
  return (name) => {
    const lookup = kept.get(name) ?? keepFor(LOOKUP_KEPT_MS, () => catalogue.find(name));
    kept.set(name, lookup);
    return lookup();
  };
}

function shown(model: Model, image: ContainerImage | null): Omit<ModelRecord, "cannot_run"> {
  const { manifest } = model;
  return {
    name: model.name,
    title: manifest.title ?? null,
    description: manifest.description ?? null,
    level: manifest.level ?? null,
    devices: [...model.devices],
    views: manifest.views ?? [],
    outputs: manifest.outputs ?? [],
    parameters: Object.fromEntries(model.parameters),
    version: model.version,
    folder: model.folder,
    hides: [...model.hides],
    licence: manifest.licence ?? null,
    paper: manifest.paper ?? null,
    source: manifest.source ?? null,
    weights: manifest.weights ?? null,
    base: model.base?.name ?? null,
    image: image === null
      ? null
      : { tag: image.tag, digest: image.digest, built_at: image.builtAt },
  };
}
