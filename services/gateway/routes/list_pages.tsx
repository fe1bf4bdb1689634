import { datasetListSchema, type DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { DATASET_STATUSES } from "../../../shared/contracts/datasets.ts";
import { EVALUATION_ORDERS, EVALUATION_STATUSES } from "../../../shared/contracts/evaluations.ts";
import { modelListSchema, type ModelRecord } from "../../../shared/contracts/models.ts";
import { STUDY_ORDERS } from "../../../shared/contracts/reader_studies.ts";
import { SCORE_ORDERS } from "../../../shared/contracts/scores.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import {
  askedOf,
  choosePage,
  type HeldList,
  type ListFilter,
  type ListForm,
  SEARCH,
  writeListPage,
} from "../pages/list_page.tsx";
import { evaluationList, scoreList, studyList } from "../site_api.ts";
import { DatasetTable } from "../pages/tables/dataset_table.tsx";
import { EvaluationTable } from "../pages/tables/evaluation_table.tsx";
import { ModelTable } from "../pages/tables/model_table.tsx";
import { StudyTable } from "../pages/tables/study_table.tsx";
import { ScoreTable } from "../pages/tables/score_table.tsx";
import { type ApiFor, page } from "./page_answers.ts";

const MODEL: ListFilter = { name: "model", label: "Model" };
const DATASET: ListFilter = { name: "dataset", label: "Dataset" };

const EVALUATIONS: ListForm = {
  title: "Evaluations",
  path: "/evaluations",
  nouns: ["evaluation", "evaluations"],
  filters: [
    ...[SEARCH, MODEL, DATASET],
    { name: "status", label: "State", choices: EVALUATION_STATUSES },
    { name: "user", label: "Asked for by" },
  ],
  orders: EVALUATION_ORDERS,
  actions: [{ href: "/evaluations/new", text: "Evaluate a model" }],
};

const SCORES: ListForm = {
  title: "Score reports",
  path: "/scores",
  nouns: ["score report", "score reports"],
  filters: [SEARCH, MODEL, DATASET],
  orders: SCORE_ORDERS,
  actions: [{ href: "/scores/new", text: "Score existing predictions" }],
};

const DATASETS: ListForm = {
  title: "Datasets",
  path: "/datasets",
  nouns: ["dataset", "datasets"],
  filters: [SEARCH, { name: "status", label: "State", choices: DATASET_STATUSES }],
  orders: ["newest", "oldest", "name", "exams"],
  actions: [{ href: "/datasets/new", text: "Register data" }],
};

const HELD_DATASETS: HeldList<DatasetRecord> = {
  texts: { search: ({ id, name }) => `${id} ${name}`, status: ({ status }) => status },
  keys: {
    newest: ({ created_at }) => -Date.parse(created_at),
    oldest: ({ created_at }) => created_at,
    name: ({ name }) => name.toLowerCase(),
    exams: ({ exams }) => -exams,
  },
};

const MODELS: ListForm = {
  title: "Models",
  path: "/models",
  nouns: ["model", "models"],
  filters: [SEARCH],
  orders: ["name", "can run here first"],
};

const STUDIES: ListForm = {
  title: "Reader studies",
  path: "/reader-studies",
  nouns: ["reader study", "reader studies"],
  filters: [SEARCH],
  orders: STUDY_ORDERS,
  actions: [{ href: "/reader-studies/new", text: "Score a reader study" }],
};

const HELD_MODELS: HeldList<ModelRecord> = {
  texts: { search: ({ name, title }) => `${name} ${title ?? ""}` },
  keys: {
    name: ({ name }) => name.toLowerCase(),
    "can run here first": ({ name, cannot_run }) =>
      `${cannot_run === null ? 0 : 1} ${name.toLowerCase()}`,
  },
};

/** Adds the long lists: evaluations, scores, reader studies, datasets and models. */
export function addListPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get(EVALUATIONS.path, (c) =>
    page(c, async () => {
      const entries = askedOf(c.req.query(), EVALUATIONS);
      const path = `/v1/evaluations?${new URLSearchParams(entries)}`;
      const { items, next_cursor: next, total } = await apiFor(c).read(path, evaluationList);
      const table = <EvaluationTable items={items} />;
      return writeListPage({ form: EVALUATIONS, entries, table, total, next });
    }));
  app.get(SCORES.path, (c) =>
    page(c, async () => {
      const entries = askedOf(c.req.query(), SCORES);
      const path = `/v1/scores?${new URLSearchParams(entries)}`;
      const { items, next_cursor: next, total } = await apiFor(c).read(path, scoreList);
      const table = <ScoreTable items={items} />;
      return writeListPage({ form: SCORES, entries, table, total, next });
    }));
  app.get(STUDIES.path, (c) =>
    page(c, async () => {
      const entries = askedOf(c.req.query(), STUDIES);
      const path = `/v1/reader-studies?${new URLSearchParams(entries)}`;
      const { items, next_cursor: next, total } = await apiFor(c).read(path, studyList);
      const table = (
        <>
          <p>
            A reader study compares models with radiologists who have rated the same cases.
          </p>
          <StudyTable items={items} />
        </>
      );
      return writeListPage({ form: STUDIES, entries, table, total, next });
    }));
  app.get(DATASETS.path, (c) =>
    page(c, async () => {
      const entries = askedOf(c.req.query(), DATASETS);
      const { items } = await apiFor(c).read("/v1/datasets", datasetListSchema);
      const { shown, ...rest } = choosePage(items, HELD_DATASETS, entries);
      const table = <DatasetTable items={shown} />;
      return writeListPage({ form: DATASETS, entries, table, ...rest });
    }));
  app.get(MODELS.path, (c) =>
    page(c, async () => {
      const entries = askedOf(c.req.query(), MODELS);
      const { items, unusable } = await apiFor(c).read("/v1/models", modelListSchema);
      const { shown, ...rest } = choosePage(items, HELD_MODELS, entries);
      const table = (
        <>
          <p>
            A model is a folder with the files that build its container and run in it, see{" "}
            <code>docs/model_author.md</code>. Private images are not listed: their users find them
            through their evaluations.
          </p>
          <ModelTable models={shown} unusable={unusable} />
        </>
      );
      return writeListPage({ form: MODELS, entries, table, ...rest });
    }));
}
