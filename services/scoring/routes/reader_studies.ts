import { createRoute, z } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { basename } from "node:path";
import { jsonAnswer, problemAnswer } from "../../../shared/contracts/common.ts";
import {
  type ReaderStudyReport,
  readerStudySchema,
} from "../../../shared/contracts/reader_studies.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { READER_STUDY_BYTES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../app.ts";
import { contentDigest, idOfContent, sha256 } from "../content.ts";
import { scoreStudy, type StudyOutcome, type StudyRequest } from "../reader_study/score_study.ts";
import type { StudyStore } from "../study_store.ts";
import { CONTENT_TYPES } from "./content_types.ts";
import { MEASURE_PARTS, measureParts } from "./measure_parts.ts";
import { filePart, jsonPart, readForm, textPart } from "./multipart.ts";
import { refusal } from "./refusal.ts";

const studyName = z.string().trim().min(1).max(200);
const PLOTS = ["roc.png", "roc.svg"] as const;

const postRoute = createRoute({
  method: "post",
  path: "/v1/reader-studies",
  summary: "Score a reader study: readers and models on the same cases",
  request: {
    body: {
      content: {
        "multipart/form-data": {
          schema: z.object({
            results: z.string().openapi({
              format: "binary",
              description: "A pickled pandas DataFrame (.pkl) or CSV with case_ID, side, label, " +
                "Reader<NN>_POM…, AI_<name>_POM…",
            }),
            name: studyName.optional(),
            ...MEASURE_PARTS,
            reader_threshold: z.string().optional().openapi({
              description: "JSON: readers recall what scores at or above it; default 2 %",
            }),
          }),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(readerStudySchema, "The same was scored before: that study"),
    201: jsonAnswer(readerStudySchema, "The study"),
    default: problemAnswer,
  },
});

/**
 * Hangs `/v1/reader-studies` on an app.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addReaderStudyRoutes(app: ServiceApp, { studies }: ScoringDependencies): void {
  app.openAPIRegistry.registerPath(postRoute);
  app.use("/v1/reader-studies", bodyLimit({ maxSize: READER_STUDY_BYTES_MAX }));
  app.post("/v1/reader-studies", async (c) => {
    const { report, made } = await scoreUpload(c.req.raw, studies);
    return c.json(report, made ? 201 : 200, { location: `/v1/reader-studies/${report.id}` });
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/reader-studies",
      summary: "List the reader studies, newest first",
      responses: {
        200: jsonAnswer(z.object({ items: z.array(readerStudySchema) }), "All studies"),
      },
    }),
    async (c) => c.json({ items: await studies.list() }, 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/reader-studies/{id}",
      summary: "One reader study",
      request: { params: z.object({ id: z.string() }) },
      responses: { 200: jsonAnswer(readerStudySchema, "The study"), default: problemAnswer },
    }),
    async (c) => c.json(await findStudy(c.req.valid("param").id, studies), 200),
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/reader-studies/{id}",
      summary: "Delete a reader study, with the results that were sent",
      request: { params: z.object({ id: z.string() }) },
      responses: { 204: { description: "It is gone" }, default: problemAnswer },
    }),
    async (c) => {
      await studies.remove((await findStudy(c.req.valid("param").id, studies)).id);
      return c.body(null, 204);
    },
  );

  const plotRoute = createRoute({
    method: "get",
    path: "/v1/reader-studies/{id}/{file}",
    summary: "The ROC plot",
    request: { params: z.object({ id: z.string(), file: z.enum(PLOTS) }) },
    responses: {
      200: {
        description: "PNG or SVG",
        content: { "image/png": { schema: z.string().openapi({ format: "binary" }) } },
      },
      default: problemAnswer,
    },
  });
  app.openapi(plotRoute, async (c) => {
    const { id, file } = c.req.valid("param");
    await findStudy(id, studies);
    const content = await studies.file(id, file);
    if (content === null) throw new Problem("not_found", `Reader study ${id} has no ${file}`);
    const type = CONTENT_TYPES[file.split(".")[1]!]!;
    return new Response(content as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
  });
}

async function findStudy(id: string, studies: StudyStore): Promise<ReaderStudyReport> {
  const report = z.uuid().safeParse(id).success ? await studies.get(id) : null;
  if (report === null) {
    throw new Problem(
      "not_found",
      `There is no reader study ${JSON.stringify(id)}: GET /v1/reader-studies lists them`,
    );
  }
  return report;
}

async function scoreUpload(
  request: Request,
  studies: StudyStore,
): Promise<{ readonly report: ReaderStudyReport; readonly made: boolean }> {
  const form = await readForm(request, "results");
  const file = filePart(form, "results", READER_STUDY_BYTES_MAX);
  const results = await file.bytes();
  const options = {
    name: textPart(form, "name", studyName),
    measure: measureParts(form),
    readerThreshold: jsonPart(form, "reader_threshold", z.number().nullable(), null),
  };
  const digest = sha256(results);
  const content = contentDigest(["reader study", digest, options]);
  const id = idOfContent(content);
  const earlier = await studies.get(id);
  if (earlier !== null) return { report: earlier, made: false };
  const fileName = basename(file.name);
  const outcome = await scored({
    id,
    results,
    fileName,
    ...options,
    provenance: { results_sha256: digest, content },
  });
  if (!outcome.ok) {
    throw refusal("invalid_reader_study", "The results cannot be used", outcome.errors);
  }
  const ending = fileName.slice(fileName.lastIndexOf(".")).toLowerCase();
  await studies.put(outcome.report, [...outcome.files, {
    name: `results${ending}`,
    content: results,
  }]);
  return { report: outcome.report, made: true };
}

async function scored(request: StudyRequest): Promise<StudyOutcome> {
  try {
    return await scoreStudy(request);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw new Problem("invalid_reader_study", `results: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
