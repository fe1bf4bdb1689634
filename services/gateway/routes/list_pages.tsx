import { EVALUATION_STATUSES } from "../../../shared/contracts/evaluations.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import { askedOf, type ListFilter, writeListPage } from "../pages/list_page.tsx";
import { evaluationList, scoreList } from "../site_api.ts";
import { EvaluationTable } from "../pages/tables/evaluation_table.tsx";
import { ScoreTable } from "../pages/tables/score_table.tsx";
import { type ApiFor, page } from "./page_answers.ts";

const MODEL: ListFilter = { name: "model", label: "Model" };
const DATASET: ListFilter = { name: "dataset", label: "Dataset" };
const STATE: ListFilter = { name: "status", label: "State", choices: EVALUATION_STATUSES };
const USER: ListFilter = { name: "user", label: "Asked for by" };

/** Adds the long lists: evaluations and scores. */
export function addListPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get("/evaluations", (c) =>
    page(c, async () => {
      const list = { filters: [MODEL, DATASET, STATE, USER], sizes: [50, 25, 100, 200] };
      const entries = askedOf(c.req.query(), list);
      const path = `/v1/evaluations?${new URLSearchParams(entries)}`;
      const { items, next_cursor: next } = await apiFor(c).read(path, evaluationList);
      const table = <EvaluationTable items={items} />;
      return writeListPage({
        title: "Evaluations",
        path: "/evaluations",
        ...list,
        entries,
        table,
        next,
      });
    }));
  app.get("/scores", (c) =>
    page(c, async () => {
      const list = { filters: [MODEL, DATASET], sizes: [50, 25, 100] };
      const entries = askedOf(c.req.query(), list);
      const path = `/v1/scores?${new URLSearchParams(entries)}`;
      const { items, next_cursor: next } = await apiFor(c).read(path, scoreList);
      const table = <ScoreTable items={items} />;
      return writeListPage({
        title: "Score reports",
        path: "/scores",
        ...list,
        entries,
        table,
        next,
      });
    }));
}
