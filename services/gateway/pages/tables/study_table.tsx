import type { JSX } from "hono/jsx/jsx-runtime";
import type { ReaderStudyReport } from "../../../../shared/contracts/reader_studies.ts";
import {
  type Column,
  column,
  countText,
  metricText,
  momentText,
  Table,
} from "../../../../shared/pages/mod.ts";

const COLUMNS: readonly Column<ReaderStudyReport>[] = [
  column(
    "head",
    "Study",
    (study) => <a href={`/reader-studies/${study.id}`}>{study.name ?? "Reader study"}</a>,
  ),
  column("number", "Cases", ({ cases }) => countText(cases)),
  column("number", "Readers", ({ readers }) => countText(readers.length)),
  column(
    "number",
    "Readers’ mean AUROC",
    ({ reader_mean }) =>
      reader_mean === null || reader_mean.auroc.mean === null
        ? "—"
        : metricText(reader_mean.auroc.mean),
  ),
  column(
    "text",
    "Models",
    ({ models }) =>
      models.map(({ name, auroc: { value } }) => `${name}: ${metricText(value)}`).join(", "),
  ),
  column("whole", "Scored", ({ created_at }) => momentText(created_at)),
];

/** A table of reader studies. */
export function StudyTable(
  { items }: { readonly items: readonly ReaderStudyReport[] },
): JSX.Element | null {
  return (
    <Table
      label="Reader studies"
      columns={COLUMNS}
      rows={items}
      long
      empty={<p>No reader studies yet.</p>}
    />
  );
}
