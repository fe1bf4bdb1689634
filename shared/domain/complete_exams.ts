import type { Exam } from "./exam.ts";
import { LATERALITIES, type Laterality, lateralityOf, type View, VIEWS } from "./view.ts";

/** Returns the views that an exam has no image of, in the given order. */
export function missingViews(exam: Pick<Exam, "images">, views: readonly View[]): View[] {
  return views.filter((view) => exam.images[view].length === 0);
}

/** The breasts with images; both if the exam has none at all, as in lists for scores made elsewhere. */
export function measuredBreasts({ images }: Pick<Exam, "images">): Laterality[] {
  const withImages = LATERALITIES.filter((laterality) =>
    VIEWS.some((view) => lateralityOf(view) === laterality && images[view].length > 0)
  );
  return withImages.length > 0 ? withImages : [...LATERALITIES];
}

/** The exams with an image of each view, renumbered from 0, as predictions without ids go by position. */
export function completeExams(exams: readonly Exam[], views: readonly View[]): Exam[] {
  return exams.filter((exam) => missingViews(exam, views).length === 0)
    .map((exam, index) => ({ ...exam, index }));
}
