import type { JSX } from "hono/jsx/jsx-runtime";
import type { z } from "zod";
import { EXAM_ORDERS } from "../../../shared/contracts/datasets.ts";
import type { DatasetRecord, examSchema, examStudy } from "../../../shared/contracts/datasets.ts";
import { type ListForm, type ListPage, SEARCH, writeListPage } from "./list_page.tsx";
import { column, examHref, FactTable, Table } from "../../../shared/pages/mod.ts";
import type { Column } from "../../../shared/pages/mod.ts";
import { cancerText, isPseudonym } from "./exam_page.tsx";
import { writeSitePage } from "./site.ts";

export type ListedExam = z.infer<typeof examSchema>;

/** What the list of a dataset's exams offers. */
export function examsForm(id: string, name: string): ListForm {
  return {
    title: `Exams of ${name}`,
    path: `/datasets/${encodeURIComponent(id)}/exams`,
    nouns: ["exam", "exams"],
    filters: [SEARCH, { name: "cancer", label: "Cancer", choices: ["yes", "no"] }],
    orders: EXAM_ORDERS,
    actions: [{ href: `/datasets/${id}`, text: `Dataset ${name}` }],
  };
}

/** Writes a page of a dataset's exams. */
export function writeExamsPage(
  dataset: DatasetRecord,
  exams: readonly ListedExam[],
  page: Pick<ListPage, "entries" | "next" | "total">,
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
  const table = (
    <>
      <Table label="Table of exams" columns={columns} rows={exams} long />
      {exams.some(({ id }) => isPseudonym(id)) && <StudySearch dataset={dataset.id} />}
    </>
  );
  return writeListPage({ ...page, form: examsForm(dataset.id, dataset.name), table });
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
