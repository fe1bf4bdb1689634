import type { JSX } from "hono/jsx/jsx-runtime";
import type { Laterality, View } from "../domain/mod.ts";

/** Views as they hang on a light table: the right breast left, chest walls together. */
export const HANGING: readonly View[] = ["R-CC", "L-CC", "R-MLO", "L-MLO"];

/**
 * @param list ids of the exams among which one goes on to the next; the whole data list unless told
 * @returns path of the exam's page
 */
export function examHref(dataset: string, exam: string, list: readonly string[] = []): string {
  const path = `/datasets/${encodeURIComponent(dataset)}/exams/${encodeURIComponent(exam)}`;
  const others = list.map((id) => `in=${encodeURIComponent(id)}`).join("&");
  return others === "" ? path : `${path}?${others}`;
}

/** @returns path of the image in the API */
export function imageHref(dataset: string, image: string): string {
  return `/v1/datasets/${encodeURIComponent(dataset)}/images/${encodeURIComponent(image)}`;
}

/** A small picture of one breast of an exam, and the exam's name, which lead to its page. */
export function ExamLink({ dataset, exam, side, list }: {
  readonly dataset: string;
  readonly exam: string;
  /** Which breast is shown; the left one where it is not known. */
  readonly side: Laterality | null;
  /** Ids of the exams among which one goes on to the next. */
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

/** Side of the square that a small picture fits into. */
export const THUMBNAIL_PIXELS = 96;
