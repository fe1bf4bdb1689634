import { type DatasetRecord, datasetSchema } from "../../../shared/contracts/datasets.ts";
import { evaluationSchema } from "../../../shared/contracts/evaluations.ts";
import type { ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { mayDo, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { counted, momentText } from "../../../shared/pages/mod.ts";
import { z } from "zod";
import { type Entries, Refusal, TextField } from "../pages/form_parts.tsx";
import { evaluationList, scoreList, type SiteApi } from "../site_api.ts";
import { writeSitePage } from "../pages/site.ts";
import { goesOn } from "../pages/tables/evaluation_table.tsx";
import { type ApiFor, page, readEntries, refusedForm } from "./page_answers.ts";

/** What a deletion takes away, for the page that asks whether it is meant. */
interface Deletion {
  readonly title: string;
  /** What is deleted, a line each. */
  readonly goes: readonly string[];
  /** What is kept, a line each. */
  readonly stays: readonly string[];
  /** Text to type before data are deleted; null if a click is enough. */
  readonly typed: string | null;
  readonly button: string;
}

/** Describes the deletion of a resource at its path of the API. */
type Describe = (api: SiteApi, path: string) => Promise<Deletion>;

/** Collections whose entries can be deleted; paths are the same in the API. */
const DELETABLE: Readonly<Record<string, Describe>> = {
  "/datasets": async (api, path) => {
    const dataset = await api.read(path, datasetSchema);
    const ofDataset = `dataset=${encodeURIComponent(dataset.id)}&limit=1`;
    const [evaluations, scores] = await Promise.all([
      api.read(`/v1/evaluations?${ofDataset}`, evaluationList),
      api.read(`/v1/scores?${ofDataset}`, scoreList),
    ]);
    return ofDatasetRecord(dataset, evaluations.total, scores.total);
  },
  "/evaluations": async (api, path) => {
    const { model, dataset, status, created_at } = await api.read(path, evaluationSchema);
    if (goesOn(status)) {
      throw new Problem("not_finished", "The evaluation is not finished: cancel it first");
    }
    return {
      title: `Delete the evaluation of ${model} on ${dataset}, ${momentText(created_at)}`,
      goes: ["The predictions and other outputs, the log", "The score with its report and plots"],
      stays: ["Its use of the data, which counts against quotas"],
      typed: null,
      button: "Delete this evaluation",
    };
  },
  "/scores": async (api, path) => {
    const { model, dataset, evaluation } = await api.read(path, z.custom<ScoreReport>());
    return {
      title: `Delete the score of ${model ?? "predictions"} on ${dataset ?? "an uploaded list"}`,
      goes: ["The score and its place on leaderboards, the report and the plots"],
      stays: evaluation === null ? [] : ["The evaluation with its predictions"],
      typed: null,
      button: "Delete this score",
    };
  },
  "/reader-studies": async (api, path) => {
    const { name, readers, cases } = await api.read(path, z.custom<ReaderStudyReport>());
    const size = `${counted(readers.length, "reader")}, ${counted(cases, "case")}`;
    return {
      title: `Delete the reader study ${name ?? ""} (${size})`,
      goes: ["The results and the uploaded file"],
      stays: [],
      typed: null,
      button: "Delete this study",
    };
  },
};

function ofDatasetRecord(dataset: DatasetRecord, evaluations: number, scores: number): Deletion {
  const { id, name, status, exams, images, images_folder } = dataset;
  const isOwn = images_folder.endsWith(`/datasets/${id}/images`);
  const pictures = `${counted(images, "image")} in ${images_folder}`;
  const isReady = status === "ready";
  return {
    title: status === "importing" ? `Cancel the import of ${name}` : `Delete dataset ${name}`,
    goes: [
      `The data list with its labels: ${counted(exams, "exam")}`,
      ...isOwn ? [`Uploaded or converted images: ${pictures}`] : [],
    ],
    stays: [
      ...isOwn ? [] : [`Images registered in place: ${pictures}`],
      ...isReady ? [`${counted(evaluations, "evaluation")} and ${counted(scores, "score")}`] : [],
    ],
    typed: isReady ? name : null,
    button: status === "importing" ? "Cancel this import" : "Delete this dataset",
  };
}

/** Adds the pages that delete an entry of a list, after they have said what that takes away. */
export function addDeletePages(app: ServiceApp, apiFor: ApiFor): void {
  for (const [collection, describe] of Object.entries(DELETABLE)) {
    const path = `${collection}/:id/delete` as const;
    const resource = (id: string): string => `/v1${collection}/${encodeURIComponent(id)}`;
    app.get(path, (c) =>
      page(c, async () => {
        if (!mayDo(c.get("caller").role, "admin")) {
          throw new Problem("forbidden", "Only a data owner may delete: the role admin");
        }
        const deletion = await describe(apiFor(c), resource(c.req.param("id")!));
        return writeDeletePage(deletion, c.req.path, {}, null);
      }));
    app.post(path, async (c) => {
      const [api, entries] = [apiFor(c), await readEntries(c)];
      const target = resource(c.req.param("id")!);
      const deletion = await describe(api, target);
      try {
        refuseUnlessTyped(deletion, entries);
        await api.remove(target);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        return refusedForm(c, problem, writeDeletePage(deletion, c.req.path, entries, problem));
      }
      return c.redirect(collection, 303);
    });
  }
}

function refuseUnlessTyped({ typed }: Deletion, entries: Entries): void {
  if (typed === null || entries["confirm"]?.normalize("NFC") === typed) return;
  throw new Problem("invalid_request", `confirm: Type ${typed} to delete these data`);
}

function writeDeletePage(
  { title, goes, stays, typed, button }: Deletion,
  action: string,
  entries: Entries,
  problem: Problem | null,
): string {
  return writeSitePage(
    title,
    <>
      <h1>{title}</h1>
      <Refusal problem={problem} />
      <p>This cannot be undone. It deletes:</p>
      <ul>{goes.map((line) => <li>{line}</li>)}</ul>
      {stays.length > 0 && (
        <>
          <p>It keeps:</p>
          <ul>{stays.map((line) => <li>{line}</li>)}</ul>
        </>
      )}
      <form class="entry" method="post" action={action}>
        {typed !== null && (
          <TextField
            entries={entries}
            problem={problem}
            name="confirm"
            label={`Type ${typed} to confirm`}
          />
        )}
        <button type="submit">{button}</button>{" "}
        <a href={action.replace(/\/delete$/, "").replace(/^\/scores/, "/reports")}>Keep it</a>
      </form>
    </>,
  );
}
