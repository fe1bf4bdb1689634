import { datasetListSchema } from "../../../shared/contracts/datasets.ts";
import {
  modelBuildSchema,
  modelCheckSchema,
  type ModelRecord,
  modelSchema,
} from "../../../shared/contracts/models.ts";
import { type Caller, mayDo, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX } from "../../../shared/limits.ts";
import { evaluationList, scoreList, type SiteApi } from "../site_api.ts";
import { writeModelPage } from "../pages/model_page.tsx";
import { writePrivateModelPage } from "../pages/private_model_page.tsx";
import { type ApiFor, page, readEntries } from "./page_answers.ts";

export function addModelPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get(
    "/models/:name",
    (c) => page(c, () => modelPage(c.req.param("name"), apiFor(c), c.get("caller"))),
  );
  app.post("/models/:name/build", async (c) => {
    const name = encodeURIComponent(c.req.param("name"));
    await apiFor(c).change(`/v1/models/${name}/build`, null, modelBuildSchema);
    return c.redirect(`/models/${name}#build`, 303);
  });
  app.post("/models/:name/check", async (c) => {
    const name = encodeURIComponent(c.req.param("name"));
    const { dataset } = await readEntries(c);
    await apiFor(c).change(`/v1/models/${name}/check`, { dataset }, modelCheckSchema);
    return c.redirect(`/models/${name}#check`, 303);
  });
}

async function modelPage(name: string, api: SiteApi, caller: Caller): Promise<string> {
  const path = `/v1/models/${encodeURIComponent(name)}`;
  const ofModel = `model=${encodeURIComponent(name)}&limit=${ITEMS_SHOWN_MAX}`;
  const [model, evaluations] = await Promise.all([
    findModel(path, api),
    api.read(`/v1/evaluations?${ofModel}`, evaluationList),
  ]);
  const [latest] = evaluations.items;
  if (model === null) {
    // A private image is in no list; who may know of its evaluations may know of it.
    const image = latest?.request.private_image;
    if (image !== undefined) return writePrivateModelPage(name, image, evaluations.items);
    throw new Problem("not_found", `There is no model ${JSON.stringify(name)}`);
  }
  const [build, check, scores, datasets] = await Promise.all([
    api.find(`${path}/build`, modelBuildSchema),
    api.find(`${path}/check`, modelCheckSchema),
    api.read(`/v1/scores?${ofModel}`, scoreList),
    api.read("/v1/datasets", datasetListSchema),
  ]);
  return writeModelPage({
    ...{ name, model, build, check },
    scores: scores.items,
    evaluations: evaluations.items,
    datasets: datasets.items.filter(({ status }) => status === "ready"),
    mayWork: mayDo(caller.role, "admin"),
  });
}

/** The model, or why its folder cannot be used; null if there is none. */
async function findModel(path: string, api: SiteApi): Promise<ModelRecord | string | null> {
  try {
    return await api.find(path, modelSchema);
  } catch (error) {
    if (error instanceof Problem && error.type === "invalid_model") return error.message;
    throw error;
  }
}
