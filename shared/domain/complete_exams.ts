import type { Exam } from "./exam.ts";
import { LATERALITIES, type Laterality, lateralityOf, type View, VIEWS } from "./view.ts";

/**
 * Tells what an exam lacks of what a model needs.
 *
 * @returns those of them that the exam has no image of, in their order
 */
export function missingViews(exam: Pick<Exam, "images">, views: readonly View[]): View[] {
  return views.filter((view) => exam.images[view].length === 0);
}

/**
 * Tells which breasts of an exam are measured: those that it has images of. A list for scores that were made
 * elsewhere may name no images; then both count.
 */
export function measuredBreasts({ images }: Pick<Exam, "images">): Laterality[] {
  const withImages = LATERALITIES.filter((laterality) =>
    VIEWS.some((view) => lateralityOf(view) === laterality && images[view].length > 0)
  );
  return withImages.length > 0 ? withImages : [...LATERALITIES];
}

/**
 * Leaves out the exams that lack views. Those that stay are counted anew, since predictions without
 * ids are told apart by their position alone.
 *
 * @param views that each exam must have an image of; none keeps all exams
 * @returns the exams that have all of them, `index` from 0
 */
export function completeExams(exams: readonly Exam[], views: readonly View[]): Exam[] {
  return exams.filter((exam) => missingViews(exam, views).length === 0)
    .map((exam, index) => ({ ...exam, index }));
}
