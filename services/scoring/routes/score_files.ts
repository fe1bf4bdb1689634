import { z } from "@hono/zod-openapi";
import { fileAnswers, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { scoreId } from "../../../shared/contracts/parameters.ts";
import {
  DRAWN_FILES,
  type DrawnFile,
  LEVEL_FILES,
  LEVELS,
} from "../../../shared/contracts/scores.ts";
import { defuseFormulas } from "../../../shared/format/mod.ts";
import { contentOf, fileAnswer, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { PAGE_HEADERS } from "../report/pages/mod.ts";
import { readScoresAs, requireReleased } from "../store/score_reader.ts";
import { SCORE_FILES } from "../store/score_store.ts";
import { askerOf } from "./asker.ts";
import { reportPage, wordTable } from "./report_page.ts";

const route = routesOf("scores");

const pageRoute = route("get", `/v1/scores/{id}/${SCORE_FILES.page}`, "getScorePage", {
  summary: "The report page as one self-contained file",
  description: "For archives, e-mail and print.",
  request: { params: z.object({ id: scoreId }) },
  responses: {
    200: {
      description: "HTML, also readable offline and on paper",
      content: { "text/html": { schema: z.string() } },
    },
    ...problems("forbidden", "not_found"),
  },
});

const tableRoute = route("get", "/v1/scores/{id}/table.doc", "getScoreTable", {
  summary: "The main results as a table for Word",
  description: "HTML that Word and LibreOffice open; the table can be pasted into a manuscript.",
  request: { params: z.object({ id: scoreId }) },
  responses: {
    ...fileAnswers({
      description: "A document with one table",
      content: { "application/msword": { schema: z.string() } },
    }),
    ...problems("forbidden", "not_found"),
  },
});

const fileRoute = route("get", "/v1/scores/{id}/{level}/{file}", "getScoreFile", {
  summary: "A plot, the points of the curves, or the samples (scores with the truth)",
  description:
    "Curves and samples show the truth of single exams: only the data owner may see them, and the caller who " +
    "uploaded the list.",
  request: {
    params: z.object({
      id: scoreId,
      level: z.enum(LEVELS).describe("Level of the score"),
      file: z.enum([...LEVEL_FILES, ...DRAWN_FILES]).describe("What is wanted"),
    }),
  },
  responses: {
    ...fileAnswers({
      description: "PNG, SVG or CSV",
      content: {
        "image/png": { schema: z.string().openapi({ format: "binary" }) },
        "image/svg+xml": { schema: z.string() },
        "text/csv": { schema: z.string() },
      },
    }),
    ...problems("invalid_request", "forbidden", "not_found"),
  },
});

export function addScoreFileRoutes(app: ServiceApp, { store, compute }: ScoringDependencies): void {
  app.openapi(pageRoute, async (c) => {
    const page = await reportPage(c.req.valid("param").id, c.get("caller"), store, "alone");
    return c.html(page, 200, PAGE_HEADERS);
  });

  app.openapi(tableRoute, async (c) => {
    const { id } = c.req.valid("param");
    const text = await wordTable(id, c.get("caller"), store);
    return fileAnswer(c, {
      ...contentOf(new TextEncoder().encode(text)),
      type: "application/msword",
      name: `score_${id}.doc`,
      isDownload: true,
    });
  });

  app.openapi(fileRoute, async (c) => {
    const { id, level, file } = c.req.valid("param");
    const reader = readScoresAs(c.get("caller"), store);
    const score = await reader.find(id);
    const content = isDrawn(file)
      ? await compute.run("draw", { report: requireReleased(score), level, file }, askerOf(c))
      : await reader.file(score, `${level}_${file}`);
    if (content === null) {
      throw new Problem("not_found", `Score ${id} has no ${level}-level ${file}`);
    }
    const type = CONTENT_TYPES[file.split(".")[1]!]!;
    // Names of exams and images come from users, and spreadsheets would run formulas in them.
    const bytes = file === "samples.csv"
      ? new TextEncoder().encode(defuseFormulas(new TextDecoder().decode(content)))
      : content as Uint8Array<ArrayBuffer>;
    return fileAnswer(c, {
      ...contentOf(bytes),
      type,
      name: `${requireReleased(score).model ?? "scores"}_${id}_${level}_${file}`,
      isDownload: file.endsWith(".csv"),
    });
  });
}

function isDrawn(file: string): file is DrawnFile {
  return (DRAWN_FILES as readonly string[]).includes(file);
}

export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  svg: "image/svg+xml",
  csv: "text/csv; charset=utf-8",
};
