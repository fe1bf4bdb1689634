import type { ReaderStudyReport } from "../../../../shared/contracts/reader_studies.ts";
import { column, countText, metricText, momentText, Table } from "../../../../shared/pages/mod.ts";
import type { Column } from "../../../../shared/pages/mod.ts";
import { writeReport } from "./report_look.ts";
import { studyName } from "./report_names.ts";

const COLUMNS: readonly Column<ReaderStudyReport>[] = [
  column(
    "head",
    "Study",
    (study) => <a href={`/reader-studies/${study.id}`}>{studyName(study)}</a>,
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

/** Writes the list of reader studies, newest first, as HTML. */
export function writeStudiesPage(studies: readonly ReaderStudyReport[]): string {
  return writeReport(
    "Reader studies · mammoeval",
    true,
    <>
      <h1>Reader studies</h1>
      <p>
        A reader study compares models with radiologists who have rated the same cases.
      </p>
      <p>
        <a class="button" href="/reader-studies/new">Score a reader study</a>
      </p>
      <Table
        label="Reader studies"
        columns={COLUMNS}
        rows={studies}
        long
        empty={<p>No reader studies yet.</p>}
      />
    </>,
  );
}
