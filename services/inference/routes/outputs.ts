import { z } from "@hono/zod-openapi";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { outputListSchema } from "../../../shared/contracts/evaluations.ts";
import { evaluationId } from "../../../shared/contracts/parameters.ts";
import { Problem, requireTruthAccess, type ServiceApp } from "../../../shared/http/mod.ts";
import { openPlain } from "../../../shared/volume/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import { find } from "./evaluations.ts";

const route = routesOf("evaluations");

const outputsRoute = route("get", "/v1/evaluations/{id}/outputs", "getEvaluationOutputs", {
  summary: "Lesions and saliency maps written by the model, or one of these files",
  description:
    "Only for callers who may see the truth of the dataset: a container could hide data in such a file that it " +
    "has seen. Lesions are CSV, in pixels of the registered image; a saliency map is an 8-bit PNG of its size.",
  request: {
    params: z.object({ id: evaluationId }),
    query: z.object({
      file: z.string().optional().openapi({
        description: "A file of the list, to get its content",
        example: "0_L-CC_malignant.png",
      }),
    }),
  },
  responses: {
    200: {
      ...jsonAnswer(outputListSchema, "The files, or the requested file"),
      content: {
        ...jsonAnswer(outputListSchema, "").content,
        "text/csv": { schema: z.string() },
        "image/png": { schema: z.string().openapi({ format: "binary" }) },
      },
    },
    ...problems("forbidden", "not_found"),
  },
});

export function addOutputRoute(app: ServiceApp, deps: InferenceDependencies): void {
  // openapi() would type the files as strings, but they are streams: only register the document.
  app.openAPIRegistry.registerPath(outputsRoute);
  app.get("/v1/evaluations/:id/outputs", async (c) => {
    const caller = c.get("caller");
    const evaluation = find(c.req.param("id"), caller, deps);
    requireTruthAccess(caller, { dataset: evaluation.request.dataset }, "What a model has marked");
    const kept = await deps.workspace.outputs(evaluation);
    const name = c.req.query("file");
    if (name === undefined) {
      return c.json({
        items: kept.map(({ output, file, bytes }) => ({ output, file, size_bytes: bytes })),
      });
    }
    const found = kept.find(({ file }) => file === name);
    const file = found === undefined ? null : await openPlain(found.path);
    if (file === null) {
      throw new Problem(
        "not_found",
        `Evaluation ${evaluation.id} has no file ${
          JSON.stringify(name)
        }: without file it lists those it has`,
      );
    }
    const type = found!.output === "lesions" ? "text/csv; charset=utf-8" : "image/png";
    return new Response(file.readable, { headers: { "content-type": type } });
  });
}
