import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Laterality, View } from "../domain/mod.ts";
import { type Column, column } from "./table.tsx";

/** Views in hanging order: the right breast on the left, chest walls together. */
export const HANGING: readonly View[] = ["R-CC", "L-CC", "R-MLO", "L-MLO"];

/** The path of an exam's page; `list` are ids of the exams to browse, by default the whole data list. */
export function examHref(dataset: string, exam: string, list: readonly string[] = []): string {
  const path = `/datasets/${encodeURIComponent(dataset)}/exams/${encodeURIComponent(exam)}`;
  const others = list.map((id) => `in=${encodeURIComponent(id)}`).join("&");
  return others === "" ? path : `${path}?${others}`;
}

export function imageHref(dataset: string, image: string): string {
  return `/v1/datasets/${encodeURIComponent(dataset)}/images/${encodeURIComponent(image)}`;
}

/** A thumbnail of one breast and the exam's name, linked to the exam's page. */
export function ExamLink({ dataset, exam, side, list }: {
  readonly dataset: string;
  readonly exam: string;
  /** Breast to show; the left one if null. */
  readonly side: Laterality | null;
  /** Ids of the exams to browse. */
  readonly list: readonly string[];
}): JSX.Element {
  return (
    <a class="exam" href={examHref(dataset, exam, list)}>
      <img
        src={`${examHref(dataset, exam)}/${side ?? "left"}`}
        alt=""
        width={THUMBNAIL_PIXELS}
        height={THUMBNAIL_PIXELS}
        loading="lazy"
      />
      {exam}
    </a>
  );
}

/** Columns that name the breast or exam of each row; `dataset` is null if its exams cannot be viewed. */
export function examColumns<Row extends NamedSample>(
  dataset: string | null,
  rows: readonly Row[],
): Column<Row>[] {
  const list = [...new Set(rows.map(({ exam }) => exam))];
  const name = ({ exam, laterality }: Row): Child =>
    dataset === null
      ? exam
      : <ExamLink dataset={dataset} exam={exam} side={laterality} list={list} />;
  const hasSides = rows.some(({ laterality }) => laterality !== null);
  return [
    column("head", "Exam", name),
    ...hasSides ? [column("text", "Breast", ({ laterality }: Row) => laterality)] : [],
  ];
}

/** A breast, or an exam with null as laterality. */
interface NamedSample {
  readonly exam: string;
  readonly laterality: Laterality | null;
}

/** Size of the square that a thumbnail fits into. */
export const THUMBNAIL_PIXELS = 96;
