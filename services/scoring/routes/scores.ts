import { createRoute, z } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { basename } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { jsonAnswer, problemAnswer, slug } from "../../../shared/contracts/common.ts";
import { bootstrapRequest } from "../../../shared/contracts/scoring_options.ts";
import {
  LEVELS,
  PLOT_FILES,
  scoreOrderRequest,
  type ScoreReport,
  scoreReportSchema,
} from "../../../shared/contracts/scores.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import { type DataList, dataListFormatOf, readDataList } from "../../../shared/format/mod.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { DATA_LIST_BYTES_MAX, PREDICTIONS_BYTES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../app.ts";
import {
  bootstrapOptions,
  scorePredictions,
  type ScoreRequest,
  sha256,
} from "../score_predictions.ts";
import type { ScoreFile } from "../score_store.ts";

const idParam = z.object({ id: z.string() });

const postRoute = createRoute({
  method: "post",
  path: "/v1/scores",
  summary: "Score predictions: of an evaluation, or made elsewhere and uploaded",
  request: {
    body: {
      content: {
        "application/json": { schema: scoreOrderRequest },
        "multipart/form-data": {
          schema: z.object({
            data_list: z.string().openapi({ format: "binary" }),
            predictions: z.string().openapi({ format: "binary" }),
            bootstrap: z.string().optional().openapi({
              description: "JSON",
              example: '{"replicates":2000}',
            }),
            model: slug.optional(),
            experiment: slug.optional(),
          }),
        },
      },
    },
  },
  responses: { 201: jsonAnswer(scoreReportSchema, "The score report"), default: problemAnswer },
});

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  svg: "image/svg+xml",
  csv: "text/csv; charset=utf-8",
};

/**
 * Hangs `/v1/scores` on an app.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addScoreRoutes(app: ServiceApp, { store }: ScoringDependencies): void {
  app.openAPIRegistry.registerPath(postRoute);
  app.use("/v1/scores", bodyLimit({ maxSize: DATA_LIST_BYTES_MAX + PREDICTIONS_BYTES_MAX }));
  app.post("/v1/scores", async (c) => {
    const multipart = (c.req.header("content-type") ?? "").startsWith("multipart/form-data");
    const report = multipart
      ? await scoreUpload(c.req.raw, store)
      : await scoreOrder(c.req.raw, store);
    return c.json(report, 201, { location: `/v1/scores/${report.id}` });
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/scores",
      summary: "List the scores, newest first",
      responses: {
        200: jsonAnswer(z.object({ items: z.array(scoreReportSchema) }), "All score reports"),
      },
    }),
    async (c) => {
      const reports = await Promise.all((await store.ids()).map((id) => store.get(id)));
      return c.json({ items: reports.filter((report) => report !== null) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/scores/{id}",
      summary: "One score report",
      request: { params: idParam },
      responses: { 200: jsonAnswer(scoreReportSchema, "The score report"), default: problemAnswer },
    }),
    async (c) => c.json(await find(c.req.valid("param").id, store), 200),
  );

  const fileRoute = createRoute({
    method: "get",
    path: "/v1/scores/{id}/{level}/{file}",
    summary: "A plot, or the points of the curves",
    request: {
      params: z.object({ id: z.string(), level: z.enum(LEVELS), file: z.enum(PLOT_FILES) }),
    },
    responses: {
      200: {
        description: "PNG, SVG or CSV",
        content: { "image/png": { schema: z.string().openapi({ format: "binary" }) } },
      },
      default: problemAnswer,
    },
  });
  app.openapi(fileRoute, async (c) => {
    const { id, level, file } = c.req.valid("param");
    await find(id, store);
    const content = await store.file(id, `${level}_${file}`);
    if (content === null) {
      throw new Problem("not_found", `Score ${id} has no ${level}-level ${file}`);
    }
    const type = CONTENT_TYPES[file.split(".")[1]!]!;
    return new Response(content as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
  });
}

async function find(id: string, store: ScoringDependencies["store"]): Promise<ScoreReport> {
  const report = z.uuid().safeParse(id).success ? await store.get(id) : null;
  if (report === null) throw new Problem("not_found", `There is no score ${JSON.stringify(id)}`);
  return report;
}

async function scoreOrder(
  request: Request,
  store: ScoringDependencies["store"],
): Promise<ScoreReport> {
  const parsed = scoreOrderRequest.safeParse(await request.json().catch(() => undefined));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Problem("invalid_request", `${path.join(".") || "body"}: ${message}`);
  }
  const order = parsed.data;
  const truth = await store.truth(order.dataset);
  if (truth === null) {
    throw new Problem("not_found", `There is no dataset ${order.dataset} that is ready`);
  }
  const predictions = await store.predictions(order.predictions);
  const bootstrap = bootstrapOptions(order.bootstrap);
  const content = sha256(
    new TextEncoder().encode(JSON.stringify([truth.digest, sha256(predictions), bootstrap])),
  );
  const earlier = await store.get(order.evaluation);
  if (earlier?.provenance["content"] === content) return earlier;
  const report: ScoreRequest = {
    id: order.evaluation,
    exams: truth.exams,
    predictions,
    bootstrap,
    dataset: order.dataset,
    model: order.model,
    experiment: order.experiment,
    evaluation: order.evaluation,
    provenance: { ...order.provenance, dataset_digest: truth.digest, content },
  };
  return await scoreAndKeep(report, store, [], order.predictions);
}

async function scoreUpload(
  request: Request,
  store: ScoringDependencies["store"],
): Promise<ScoreReport> {
  const form = await request.formData().catch((cause) => {
    throw new Problem(
      "invalid_request",
      "The multipart body cannot be read: send data_list and predictions",
      { cause },
    );
  });
  const listFile = filePart(form, "data_list", DATA_LIST_BYTES_MAX);
  const predictionsFile = filePart(form, "predictions", PREDICTIONS_BYTES_MAX);
  const listBytes = await listFile.bytes();
  const list = readList(listBytes, listFile.name);
  const predictions = await predictionsFile.bytes();
  const id = uuidv7();
  const report: ScoreRequest = {
    id,
    exams: list.exams,
    predictions,
    bootstrap: bootstrapOptions(bootstrapPart(form)),
    dataset: null,
    model: textPart(form, "model"),
    experiment: textPart(form, "experiment"),
    evaluation: null,
    provenance: { data_list_sha256: sha256(listBytes) },
  };
  const sent = [
    { name: `data_list.${dataListFormatOf(basename(listFile.name))}`, content: listBytes },
    { name: "predictions.csv", content: predictions },
  ];
  return await scoreAndKeep(report, store, sent, null, list.warnings);
}

async function scoreAndKeep(
  request: ScoreRequest,
  store: ScoringDependencies["store"],
  sent: readonly ScoreFile[],
  beside: string | null,
  listWarnings: readonly Fault[] = [],
): Promise<ScoreReport> {
  const outcome = await scorePredictions(request);
  if (!outcome.ok) {
    throw refusal("invalid_predictions", "The predictions cannot be scored", outcome.errors);
  }
  const report = {
    ...outcome.report,
    warnings: [...listWarnings, ...outcome.report.warnings],
    warnings_total: outcome.report.warnings_total + listWarnings.length,
  };
  await store.put(report, [...sent, ...outcome.files], beside);
  return report;
}

function readList(bytes: Uint8Array, fileName: string): DataList {
  let list: DataList;
  try {
    list = readDataList(bytes, dataListFormatOf(basename(fileName)));
  } catch (error) {
    throw new Problem(
      "invalid_data_list",
      `data_list: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (list.errors.length > 0) {
    throw refusal("invalid_data_list", "The data list cannot be used", list.errors);
  }
  return list;
}

function refusal(
  type: "invalid_data_list" | "invalid_predictions",
  what: string,
  errors: readonly Fault[],
): Problem {
  const more = errors.length > 1 ? ` (${errors.length} faults in all: see errors)` : "";
  return new Problem(type, `${what}: ${errors[0]?.message ?? "unknown fault"}${more}`, { errors });
}

function filePart(form: FormData, name: string, bytesMax: number): File {
  const part = form.get(name);
  if (!(part instanceof File)) {
    throw new Problem("invalid_request", `${name}: send it as a file part`);
  }
  if (part.size > bytesMax) throw new Problem("too_large", `${name}: over ${bytesMax} bytes`);
  return part;
}

function textPart(form: FormData, name: string): string | null {
  const part = form.get(name);
  if (part === null) return null;
  const parsed = slug.safeParse(part);
  if (!parsed.success) {
    throw new Problem("invalid_request", `${name}: ${parsed.error.issues[0]!.message}`);
  }
  return parsed.data;
}

function bootstrapPart(form: FormData): z.infer<typeof bootstrapRequest> {
  const part = form.get("bootstrap");
  if (part === null) return true;
  let value: unknown;
  try {
    value = JSON.parse(String(part));
  } catch (cause) {
    throw new Problem("invalid_request", "bootstrap: is not JSON", { cause });
  }
  const parsed = bootstrapRequest.safeParse(value);
  if (!parsed.success) {
    throw new Problem("invalid_request", `bootstrap: ${parsed.error.issues[0]!.message}`);
  }
  return parsed.data;
}
