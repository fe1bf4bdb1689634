import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  countedPageOf,
  datasetSchema,
  examSchema,
  examStudy,
  type LookedAtExam,
  lookedAtExam,
} from "../../../shared/contracts/datasets.ts";
import { outputListSchema } from "../../../shared/contracts/evaluations.ts";
import { examScoreSchema } from "../../../shared/contracts/exam_scores.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { type Lesion, readLesions } from "../../../shared/format/mod.ts";
import { type Laterality, VIEWS_OF } from "../../../shared/domain/mod.ts";
import { examHref, imageHref, THUMBNAIL_PIXELS } from "../../../shared/pages/mod.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import {
  EXAM_MARKERS_SHOWN_MAX,
  EXAM_MARKS_BYTES_MAX,
  EXAM_SCORES_SHOWN_MAX,
  SCORES_PAGE_MAX,
} from "../../../shared/limits.ts";
import { EXAM_HEADERS } from "../pages/exam_look.ts";
import { neighboursOf, writeExamPage } from "../pages/exam_page.tsx";
import type { ExamMarks, ExamPageData } from "../pages/exam_page.tsx";
import { askedOf } from "../pages/list_page.tsx";
import { examsForm, writeExamsPage, writeStudyPage } from "../pages/exams_page.tsx";
import { scoreList, type SiteApi } from "../site_api.ts";
import { type ApiFor, page, type PageContext, readEntries } from "./page_answers.ts";

/** Scripts of the light table, with their paths; all are served from here. */
const FILES: Readonly<Record<string, string>> = {
  "openseadragon.js": join(
    dirname(createRequire(import.meta.url).resolve("openseadragon/package.json")),
    "build/openseadragon/openseadragon.min.js",
  ),
  "viewer.js": fileURLToPath(new URL("../viewer/viewer.js", import.meta.url)),
};

export function addExamPages(app: ServiceApp, apiFor: ApiFor): void {
  for (const [file, path] of Object.entries(FILES)) {
    app.get(`/viewer/${file}`, async (c) => {
      const { readable } = await Deno.open(path);
      return c.body(readable, 200, { "content-type": "text/javascript; charset=utf-8" });
    });
  }
  // Browsers request it on pages that may show images, and log an error if it is missing.
  app.get("/favicon.ico", (c) => c.body(null, 204));
  app.get("/datasets/:id/exams", (c) => page(c, () => examsPage(c.req.param("id"), c, apiFor(c))));
  app.get("/datasets/:id/exams/:exam/:side{left|right}", (c) => {
    const { id, exam, side } = c.req.param();
    return thumbnail(id, exam, side as Laterality, apiFor(c));
  });
  app.get("/datasets/:id/exams/:exam/study", (c) =>
    page(c, async () => {
      const { id, exam } = c.req.param();
      const path = `/v1/datasets/${encodeURIComponent(id)}/exams/${encodeURIComponent(exam)}/study`;
      return writeStudyPage(id, await apiFor(c).read(path, examStudy));
    }));
  app.post("/datasets/:id/studies", async (c) => {
    const id = c.req.param("id");
    const path = `/v1/datasets/${encodeURIComponent(id)}/studies`;
    const { exam } = await apiFor(c).change(path, await readEntries(c), examStudy);
    return c.redirect(examHref(id, exam), 303);
  });
  app.get("/datasets/:id/exams/:exam", async (c) => {
    const { id, exam } = c.req.param();
    const list = c.req.queries("in") ?? [];
    return c.html(writeExamPage(await examData(id, exam, list, apiFor(c))), 200, EXAM_HEADERS);
  });
}

async function examsPage(id: string, c: PageContext, api: SiteApi): Promise<string> {
  const resource = `/v1/datasets/${encodeURIComponent(id)}`;
  const entries = askedOf(c.req.query(), examsForm(id, id));
  const path = `${resource}/exams?${new URLSearchParams(entries)}`;
  const [dataset, { items, next_cursor: next, total }] = await Promise.all([
    api.read(resource, datasetSchema),
    api.read(path, countedPageOf(examSchema)),
  ]);
  return writeExamsPage(dataset, items, { entries, next, total });
}

/** A small picture of a breast, preferably of its CC view. */
async function thumbnail(
  id: string,
  examId: string,
  side: Laterality,
  api: SiteApi,
): Promise<Response> {
  const path = `/v1/datasets/${encodeURIComponent(id)}/exams/${encodeURIComponent(examId)}`;
  const { images } = await api.read(path, lookedAtExam);
  const name = VIEWS_OF[side].flatMap((view) => images[view] ?? [])[0];
  if (name === undefined) throw new Problem("not_found", `The ${side} breast has no image`);
  const picture = await api.pass(`${imageHref(id, name)}?width=${2 * THUMBNAIL_PIXELS}`);
  return new Response(picture.body, picture);
}

async function examData(
  id: string,
  examId: string,
  list: readonly string[],
  api: SiteApi,
): Promise<ExamPageData> {
  const resource = `/v1/datasets/${encodeURIComponent(id)}`;
  const readExam = (one: string): string => `${resource}/exams/${encodeURIComponent(one)}`;
  const exam = await api.read(readExam(examId), lookedAtExam);
  const next = neighboursOf(exam, list)[1];
  const [dataset, ahead, reports] = await Promise.all([
    api.read(resource, datasetSchema),
    next === null ? null : api.find(readExam(next), lookedAtExam),
    api.read(`/v1/scores?dataset=${encodeURIComponent(id)}&limit=${SCORES_PAGE_MAX}`, scoreList),
  ]);
  const newest = Map.groupBy(reports.items, ({ model, experiment }) => `${model} ${experiment}`);
  const shown = [...newest.values()].map(([first]) => first!).slice(0, EXAM_SCORES_SHOWN_MAX);
  const told = await Promise.all(shown.map(async (report) => {
    const path = `/v1/scores/${report.id}/exams/${encodeURIComponent(examId)}`;
    return { report, exam: await api.find(path, examScoreSchema) };
  }));
  const scores = told.flatMap(({ report, exam }) => exam === null ? [] : [{ report, exam }]);
  return { dataset, exam, ahead, list, scores, marks: await marksOf(exam, shown, api) };
}

async function marksOf(
  exam: LookedAtExam,
  reports: readonly ScoreReport[],
  api: SiteApi,
): Promise<ExamMarks[]> {
  const found = await Promise.all(reports.map(async (score) => {
    const boxes = await boxesOf(exam, score, api);
    return boxes === "none" ? [] : [{ score, boxes }];
  }));
  return found.flat().slice(0, EXAM_MARKERS_SHOWN_MAX).map((marks, at) => ({
    ...marks,
    key: "abcd"[at]!,
  }));
}

/** For an image that has been deleted. */
const UNBOUNDED = { width: Infinity, height: Infinity };

async function boxesOf(
  exam: LookedAtExam,
  { evaluation }: ScoreReport,
  api: SiteApi,
): Promise<Lesion[] | null | "none"> {
  if (evaluation === null) return "none";
  const path = `/v1/evaluations/${evaluation}/outputs`;
  const outputs = await api.find(path, outputListSchema);
  const file = outputs?.items.find(({ output }) => output === "lesions");
  if (file === undefined) return "none";
  if (file.size_bytes > EXAM_MARKS_BYTES_MAX) return null;
  const text = await api.text(`${path}?file=${encodeURIComponent(file.file)}`);
  const ofExam = text.split("\n").filter((line, at) =>
    at === 0 || Object.hasOwn(exam.sizes, line.split(",", 1)[0]!.trim().replace(/\.png$/i, ""))
  );
  // The boxes were checked against the images when the model had ended.
  return readLesions(ofExam.join("\n"), (image) => exam.sizes[image] ?? UNBOUNDED);
}
