import type { Exam } from "./exam.ts";
import type { View } from "./view.ts";

/**
 * Tells what an exam lacks of what a model needs.
 *
 * @param exam any exam
 * @param views that a model needs
 * @returns those of them that the exam has no image of, in their order
 */
export function missingViews(exam: Pick<Exam, "images">, views: readonly View[]): View[] {
  return views.filter((view) => exam.images[view].length === 0);
}

/**
 * Leaves out the exams that lack views. Those that stay are counted anew, since predictions without
 * ids are told apart by their position alone.
 *
 * @param exams of a data list
 * @param views that each exam must have an image of; none keeps all exams
 * @returns the exams that have all of them, `index` from 0
 */
export function completeExams(exams: readonly Exam[], views: readonly View[]): Exam[] {
  return exams.filter((exam) => missingViews(exam, views).length === 0)
    .map((exam, index) => ({ ...exam, index }));
}
