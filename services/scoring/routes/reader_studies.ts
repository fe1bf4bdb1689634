import { z } from "@hono/zod-openapi";
import { basename } from "node:path";
import { fileAnswers, jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { shownName } from "../../../shared/contracts/common.ts";
import { countedPageOf } from "../../../shared/contracts/datasets.ts";
import {
  READER_SCALES,
  type ReaderStudyReport,
  readerStudySchema,
  studiesQuery,
  type STUDY_ORDERS,
} from "../../../shared/contracts/reader_studies.ts";
import { studyId } from "../../../shared/contracts/parameters.ts";
import { contentOf, fileAnswer, Problem, readEvery, refusal } from "../../../shared/http/mod.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import { READER_STUDY_BYTES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { Asker } from "../compute/compute.ts";
import { idOfContent } from "../store/content.ts";
import { cursorAfter, newestFirst, placeOf } from "../store/report_files.ts";
import { sentFile } from "../store/sent_file.ts";
import type { StudyStore } from "../store/study_store.ts";
import { askerOf } from "./asker.ts";
import { CONTENT_TYPES } from "./score_files.ts";
import { MEASURE_PARTS, measureParts, tunesPoints } from "./measure_parts.ts";
import { filePart, jsonPart, receiveForm, textPart } from "./multipart.ts";

const route = routesOf("reader studies");

const PLOTS = ["roc.png", "roc.svg"] as const;

const studyForm = z.object({
  results: z.string().openapi({
    format: "binary",
    description: "A pickled pandas DataFrame (.pkl) or CSV with case_ID, side, label, " +
      "Reader<NN>_POM…, AI_<name>_POM…",
  }),
  name: shownName.optional(),
  ...MEASURE_PARTS,
  reader_threshold: z.string().optional().describe(
    "JSON: readers recall scores at or above it, in their units. Without it " +
      "no points of readers are drawn",
  ),
  reader_scale: z.enum(READER_SCALES).optional().describe(
    "Scale of all readers; by default the scale of each reader is recognised",
  ),
});

const postRoute = route("post", "/v1/reader-studies", "scoreReaderStudy", {
  summary: "Score a reader study: readers and models on the same cases",
  description:
    "Each reader and model individually, models against readers and against their mean " +
    "(Obuchowski-Rockette), and both combined. The same upload returns the existing study.",
  request: {
    body: {
      content: {
        "multipart/form-data": {
          schema: studyForm,
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(readerStudySchema, "The existing study of an identical request", "Location"),
    201: jsonAnswer(readerStudySchema, "The study", "Location"),
    ...problems("invalid_request", "too_large", "invalid_reader_study"),
  },
});

const listRoute = route("get", "/v1/reader-studies", "listReaderStudies", {
  summary: "List the reader studies, newest first or in another order",
  description: "Whole studies, page by page; `total` counts those of all pages.",
  request: { query: studiesQuery },
  responses: {
    200: jsonAnswer(countedPageOf(readerStudySchema), "A page of studies"),
    ...problems("invalid_request"),
  },
});

const getRoute = route("get", "/v1/reader-studies/{id}", "getReaderStudy", {
  summary: "One reader study",
  description: "All results, and the path of the plot.",
  request: { params: z.object({ id: studyId }) },
  responses: { 200: jsonAnswer(readerStudySchema, "The study"), ...problems("not_found") },
});

const deleteRoute = route("delete", "/v1/reader-studies/{id}", "deleteReaderStudy", {
  summary: "Delete a reader study and its uploaded results",
  description: "This cannot be undone; the same upload creates it again with the same id.",
  request: { params: z.object({ id: studyId }) },
  responses: { 204: { description: "It is gone" }, ...problems("not_found") },
});

const plotRoute = route("get", "/v1/reader-studies/{id}/{file}", "getReaderStudyPlot", {
  summary: "The ROC plot",
  description: "Models as curves, readers as curves and points.",
  request: { params: z.object({ id: studyId, file: z.enum(PLOTS).describe("What is wanted") }) },
  responses: {
    ...fileAnswers({
      description: "PNG or SVG",
      content: {
        "image/png": { schema: z.string().openapi({ format: "binary" }) },
        "image/svg+xml": { schema: z.string() },
      },
    }),
    ...problems("invalid_request", "not_found"),
  },
});

export function addReaderStudyRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { studies } = deps;
  app.openAPIRegistry.registerPath(postRoute);
  app.post("/v1/reader-studies", async (c) => {
    const { report, made } = await scoreUpload(c.req.raw, deps, askerOf(c));
    return c.json(report, made ? 201 : 200, { location: `/v1/reader-studies/${report.id}` });
  });

  app.openapi(listRoute, async (c) => {
    const { cursor, limit, search = "", sort } = c.req.valid("query");
    const text = search.toLowerCase();
    const fitting = (await studies.list()).filter(({ name, readers, models }) =>
      [name, ...[...readers, ...models].map((rater) => rater.name)].join(" ").toLowerCase()
        .includes(text)
    ).sort((a, b) => compareStudies(sort, a, b));
    // Whole studies are in memory, so that the last one of the page before is found whatever the order.
    const after = placeOf(cursor)?.id;
    const start = after === undefined ? 0 : fitting.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) {
      throw new Problem("invalid_request", "cursor: its study is gone: begin at the first page");
    }
    const items = fitting.slice(start, start + limit);
    const next = start + limit < fitting.length ? cursorAfter(items) : null;
    return c.json({ items, next_cursor: next, total: fitting.length }, 200);
  });

  app.openapi(
    getRoute,
    async (c) => c.json(await findStudy(c.req.valid("param").id, studies), 200),
  );

  app.openapi(deleteRoute, async (c) => {
    await studies.remove((await findStudy(c.req.valid("param").id, studies)).id);
    return c.body(null, 204);
  });

  app.openapi(plotRoute, async (c) => {
    const { id, file } = c.req.valid("param");
    await findStudy(id, studies);
    const content = await studies.file(id, file);
    if (content === null) throw new Problem("not_found", `Reader study ${id} has no ${file}`);
    const type = CONTENT_TYPES[file.split(".")[1]!]!;
    const bytes = content as Uint8Array<ArrayBuffer>;
    return fileAnswer(c, { ...contentOf(bytes), type, name: `reader_study_${id}_${file}` });
  });
}

function compareStudies(
  sort: (typeof STUDY_ORDERS)[number],
  a: ReaderStudyReport,
  b: ReaderStudyReport,
): number {
  if (sort === "oldest") return newestFirst(b, a);
  const [first, second] = sort === "name"
    ? [(a.name ?? "").toLowerCase(), (b.name ?? "").toLowerCase()]
    : sort === "cases"
    ? [-a.cases, -b.cases]
    : [0, 0];
  return first < second ? -1 : first > second ? 1 : newestFirst(a, b);
}

/** Finds a study. Throws a Problem if it does not exist. */
export async function findStudy(id: string, studies: StudyStore): Promise<ReaderStudyReport> {
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
  { store, studies, compute, uploads }: ScoringDependencies,
  asker: Asker,
): Promise<{ readonly report: ReaderStudyReport; readonly made: boolean }> {
  await using form = await receiveForm(request, uploads, {
    wanted: "results",
    schema: studyForm,
    files: { results: READER_STUDY_BYTES_MAX },
  });
  const { file, ...options } = await readEvery({
    file: () => filePart(form, "results"),
    name: () => textPart(form, "name", shownName),
    measure: () => measureParts(form),
    readerThreshold: () => jsonPart(form, "reader_threshold", z.number().nullable(), null),
    readerScale: () => textPart(form, "reader_scale", z.enum(READER_SCALES)),
  });
  const results = sentFile(file);
  if (tunesPoints(options.measure)) {
    throw new Problem(
      "invalid_request",
      "operating_points: {target, tune} needs a data list: give a reader study thresholds and shares",
    );
  }
  const content = await store.contentDigest(["reader study", results.sha256, options]);
  const id = idOfContent(content);
  const earlier = await studies.get(id);
  if (earlier !== null) return { report: earlier, made: false };
  const fileName = basename(file.name);
  const outcome = await compute.run("study", {
    id,
    results,
    fileName,
    ...options,
    patientKey: await store.patientKey(),
    provenance: { results_sha256: results.sha256, content },
  }, asker);
  if ("unreadable" in outcome) {
    throw new Problem("invalid_reader_study", `results: ${outcome.unreadable}`);
  }
  if (!outcome.ok) {
    throw refusal("invalid_reader_study", "The results cannot be used", outcome.errors);
  }
  const ending = fileName.slice(fileName.lastIndexOf(".")).toLowerCase();
  const kept = outcome.results ?? { name: `results${ending}`, from: results.path };
  await studies.put(outcome.report, [...outcome.files, kept]);
  return { report: outcome.report, made: true };
}
