import type { z } from "zod";
import type { DatasetRecord, examSchema } from "../../../shared/contracts/datasets.ts";
import { column, counted, examHref, RelatedLinks, Table } from "../../../shared/pages/mod.ts";
import type { Column, SiteLink } from "../../../shared/pages/mod.ts";
import { cancerText } from "./exam_page.tsx";
import { writeSitePage } from "./site.ts";

/** One exam as the API lists it. */
export type ListedExam = z.infer<typeof examSchema>;

/** Writes a page of a dataset's exams. */
export function writeExamsPage(
  dataset: DatasetRecord,
  exams: readonly ListedExam[],
  links: readonly SiteLink[],
): string {
  const columns: readonly Column<ListedExam>[] = [
    column("head", "Exam", ({ id }) => <a href={examHref(dataset.id, id)}>{id}</a>),
    column("text", "Cancer, left", ({ malignant }) => cancerText(malignant.left)),
    column("text", "Cancer, right", ({ malignant }) => cancerText(malignant.right)),
    column(
      "number",
      "Images",
      ({ images }) => Object.values(images).reduce((sum, names) => sum + names.length, 0),
    ),
  ];
  return writeSitePage(
    `Exams of ${dataset.name}`,
    <article>
      <h1>Exams of {dataset.name}</h1>
      <p class="byline">
        {counted(dataset.exams, "exam")} in <a href={`/datasets/${dataset.id}`}>this dataset</a>
      </p>
      <Table label="Table of exams" columns={columns} rows={exams} long />
      <RelatedLinks links={links} label="Further pages" />
    </article>,
  );
}
