import type { Usage } from "../../../shared/contracts/usage.ts";
import { column, counted, countText, momentText, Table } from "../../../shared/pages/mod.ts";
import type { Column } from "../../../shared/pages/mod.ts";
import { writeSitePage } from "./site.ts";

type Use = Usage["items"][number];

/** Digits of a digest that are shown. */
const DIGITS = 12;

const COLUMNS: readonly Column<Use>[] = [
  column("head", "Who", ({ user }) => user),
  column("text", "Model", ({ model, model_version }) => (
    <>
      <a href={`/models/${model}`}>{model}</a>
      {model_version !== "" && <small>version {shortened(model_version)}</small>}
    </>
  )),
  column("text", "Data", ({ dataset, dataset_digest }) => (
    <>
      {dataset}
      <small>{shortened(dataset_digest)}</small>
    </>
  )),
  column("number", "Under way", ({ under_way }) => countText(under_way)),
  column("number", "Succeeded", ({ succeeded }) => countText(succeeded)),
  column("number", "Failed", ({ failed }) => countText(failed)),
  column("number", "Cancelled", ({ cancelled }) => countText(cancelled)),
  column("whole", "Last", ({ last_at }) => momentText(last_at)),
];

/** Writes the page of uses: who evaluated what on which data, and how often. */
export function writeUsagePage({ quota, items }: Usage): string {
  return writeSitePage(
    "Use of the data",
    <>
      <h1>Use of the data</h1>
      <p>
        The more often a test set is looked at, the less it says of the next patient. This list
        keeps evaluations that were deleted; data registered again under another name count as the
        same.
      </p>
      <p>
        A model author has {counted(quota, "evaluation")} of a version of a model on the same data.
      </p>
      <Table
        label="Table of uses"
        columns={COLUMNS}
        rows={items}
        long
        empty={<p>No evaluations yet.</p>}
      />
    </>,
  );
}

function shortened(digest: string): string {
  const digits = digest.replace(/^sha256:/, "");
  return digits.length > DIGITS ? `${digits.slice(0, DIGITS)}…` : digits;
}
