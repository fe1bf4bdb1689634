import type { ReaderStudyReport } from "../../../../shared/contracts/reader_studies.ts";
import {
  type Column,
  countText,
  metricText,
  momentText,
  Table,
} from "../../../../shared/pages/mod.ts";
import { writeReport } from "./report_look.ts";
import { studyName } from "./report_names.ts";

const COLUMNS: readonly Column<ReaderStudyReport>[] = [
  {
    title: "Study",
    kind: "head",
    cell: (study) => <a href={`/reader-studies/${study.id}`}>{studyName(study)}</a>,
  },
  { title: "Cases", kind: "number", cell: ({ cases }) => countText(cases) },
  { title: "Readers", kind: "number", cell: ({ readers }) => countText(readers.length) },
  {
    title: "Readers’ mean AUROC",
    kind: "number",
    cell: ({ reader_mean }) =>
      reader_mean === null || reader_mean.auroc.mean === null
        ? "—"
        : metricText(reader_mean.auroc.mean),
  },
  {
    title: "Models",
    cell: ({ models }) =>
      models.map(({ name, auroc: { value } }) =>
        `${name}: ${value === null ? "undefined" : metricText(value)}`
      ).join(", "),
  },
  { title: "Scored", kind: "whole", cell: ({ created_at }) => momentText(created_at) },
];

/**
 * Writes the list of reader studies.
 *
 * @param studies newest first
 * @returns an HTML document
 */
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
