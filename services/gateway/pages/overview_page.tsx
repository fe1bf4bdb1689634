import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { FactTable, RelatedLinks, Section, type SiteLink } from "../../../shared/pages/mod.ts";
import type { Finding } from "./findings.ts";
import { EvaluationTable, goesOn } from "./tables/evaluation_table.tsx";
import { writeSitePage } from "./site.ts";
import { type ModelList, ModelTable } from "./tables/model_table.tsx";
import { DatasetTable } from "./tables/dataset_table.tsx";
import { ScoreTable } from "./tables/score_table.tsx";

/** Refresh interval of the start page, with script, in seconds. */
const REFRESH_S = 5;

/** Data of the start page; lists are bounded, newest first. */
export interface OverviewData extends ModelList {
  readonly datasets: readonly DatasetRecord[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly scores: readonly ScoreReport[];
  /** The machine's diagnosis, one line each. */
  readonly diagnosis: readonly Finding[];
}

/** Writes the start page: evaluations, scores, datasets, models and system status. */
export function writeOverviewPage(data: OverviewData): string {
  const { datasets, models, unusable, evaluations, scores, diagnosis } = data;
  const running = evaluations.some(({ status }) => goesOn(status)) ||
    datasets.some(({ status }) => status === "importing");
  return writeSitePage(
    "mammoeval",
    <div data-every={String(REFRESH_S)}>
      <h1>How well do these models do on our exams?</h1>
      <Part
        id="evaluations"
        title="Evaluations"
        live
        actions={[
          { href: "/evaluations/new", text: "Evaluate a model" },
          { href: "/evaluations", text: "All evaluations" },
          { href: "/usage", text: "Use of the data" },
        ]}
      >
        <EvaluationTable items={evaluations} />
      </Part>
      <Part
        id="reports"
        title="Score reports"
        live
        actions={[
          { href: "/scores/new", text: "Score existing predictions" },
          { href: "/scores", text: "All score reports" },
          { href: "/comparisons/new", text: "Compare scores" },
        ]}
      >
        <ScoreTable items={scores} />
        <Leaderboards items={scores} />
      </Part>
      <Part
        id="datasets"
        title="Datasets"
        live
        actions={[
          { href: "/datasets/new", text: "Register data" },
          { href: "/datasets", text: "All datasets" },
        ]}
      >
        <DatasetTable items={datasets} />
      </Part>
      <Part
        id="models"
        title="Models"
        actions={[{ href: "/images", text: "Container images" }]}
      >
        <ModelTable models={models} unusable={unusable} />
      </Part>
      <Part id="doctor" title="System status" actions={[]}>
        <FactTable
          label="System status"
          facts={diagnosis.map(({ subject, message }) => [subject, message])}
        />
      </Part>
    </div>,
    running,
  );
}

function Part({ id, title, actions, live = false, children }: {
  readonly id: string;
  readonly title: string;
  readonly actions: readonly SiteLink[];
  /** Whether it is refreshed. */
  readonly live?: boolean;
  readonly children?: Child;
}): JSX.Element {
  return (
    <Section id={id} title={title}>
      {live ? <div id={`${id}-list`} data-live>{children}</div> : children}
      <RelatedLinks links={actions} label={`Actions: ${title}`} />
    </Section>
  );
}

/** Links to the leaderboards of datasets that have scores, also of deleted datasets. */
function Leaderboards({ items }: { readonly items: readonly ScoreReport[] }): JSX.Element | null {
  const datasets = new Set(items.map(({ dataset }) => dataset).filter((name) => name !== null));
  if (datasets.size === 0) return null;
  return (
    <RelatedLinks
      label="Leaderboards"
      links={[...datasets].sort().map((dataset) => ({
        href: `/leaderboards/${dataset}`,
        text: `Leaderboard of ${dataset}`,
      }))}
    />
  );
}
