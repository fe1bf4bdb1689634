import type { JSX } from "hono/jsx/jsx-runtime";
import type { CheckFinding, ModelCheck } from "../../../../shared/contracts/models.ts";
import { type Column, momentText, StateWord, Table } from "../../../../shared/pages/mod.ts";
import { ChoiceField } from "../form_parts.tsx";
import type { ModelPageData } from "../model_page.tsx";

const COLUMNS: readonly Column<CheckFinding>[] = [
  { title: "Looked at", kind: "head", cell: ({ check }) => check },
  { title: "Result", cell: ({ result }) => <StateWord state={result} /> },
  {
    title: "What came of it",
    cell: ({ message, details }) => (
      <>
        {message}
        {details.map((detail) => <small>{detail}</small>)}
      </>
    ),
  },
];

/** The contribution check: its latest findings, a form to ask for another. */
export function CheckSection({ name, check, datasets, mayWork }: ModelPageData): JSX.Element {
  return (
    <section aria-labelledby="check">
      <h2 id="check">Contribution check</h2>
      <p>
        Are the files right, does the image build, does the model run on its devices without root,
        can its predictions be scored, and does a second run give the same ones?
      </p>
      <div id="check-state" data-live role="status">
        {check === null ? <p>It has not been checked here yet.</p> : <Findings check={check} />}
      </div>
      {mayWork && datasets.length === 0 && (
        <p>
          It is checked on a dataset that is ready: <a href="/datasets/new">register data</a>.
        </p>
      )}
      {mayWork && datasets.length > 0 && (
        <form class="entry" method="post" action={`/models/${name}/check`}>
          <ChoiceField
            name="dataset"
            label="Check on"
            entries={{}}
            problem={null}
            choices={datasets.map(({ id, exams }) => [id, `${id} (${exams} exams)`])}
          />
          <button class="plain" type="submit">Check the model</button>
        </form>
      )}
    </section>
  );
}

function Findings({ check }: { readonly check: ModelCheck }): JSX.Element {
  const { status, started_at, finished_at, findings } = check;
  return (
    <>
      <p>
        <StateWord state={status} />: {finished_at === null
          ? `since ${momentText(started_at)}`
          : `the latest check, ${momentText(finished_at)}`}
      </p>
      <Table label="Table of findings" columns={COLUMNS} rows={findings} />
    </>
  );
}
