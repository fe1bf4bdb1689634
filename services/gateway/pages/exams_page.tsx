import type { JSX } from "hono/jsx/jsx-runtime";
import type { z } from "zod";
import type { DatasetRecord, examSchema, examStudy } from "../../../shared/contracts/datasets.ts";
import {
  column,
  counted,
  examHref,
  FactTable,
  RelatedLinks,
  Table,
} from "../../../shared/pages/mod.ts";
import type { Column, SiteLink } from "../../../shared/pages/mod.ts";
import { cancerText, isPseudonym } from "./exam_page.tsx";
import { writeSitePage } from "./site.ts";

export type ListedExam = z.infer<typeof examSchema>;

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
      {exams.some(({ id }) => isPseudonym(id)) && <StudySearch dataset={dataset.id} />}
    </article>,
  );
}

function StudySearch({ dataset }: { readonly dataset: string }): JSX.Element {
  return (
    <form class="entry" method="post" action={`/datasets/${encodeURIComponent(dataset)}/studies`}>
      <label for="study_instance_uid">Find the exam of a DICOM study</label>
      <span class="hint" id="study-hint">its StudyInstanceUID; the search is in the audit log</span>
      <input
        id="study_instance_uid"
        name="study_instance_uid"
        required
        autocomplete="off"
        aria-describedby="study-hint"
      />
      <button class="plain" type="submit">Find</button>
    </form>
  );
}

/** Writes the page that names the DICOM study of an exam. */
export function writeStudyPage(dataset: string, study: z.infer<typeof examStudy>): string {
  return writeSitePage(
    `Study of exam ${study.exam}`,
    <>
      <h1>Study of exam {study.exam}</h1>
      <FactTable
        label="Study"
        facts={[
          ["Exam", <a href={examHref(dataset, study.exam)}>{study.exam}</a>],
          ["StudyInstanceUID", study.study_instance_uid],
        ]}
      />
      <p class="note">That you looked at it is in the audit log.</p>
    </>,
  );
}
