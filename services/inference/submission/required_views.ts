import {
  completeExams,
  type Exam,
  type Fault,
  missingViews,
  type View,
  VIEWS,
} from "../../../shared/domain/mod.ts";
import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { Evaluation } from "../ledger/ledger.ts";

/** Exams that are left out of an evaluation, named in its provenance up to this many. */
const LEFT_OUT_NAMED_MAX = 1000;

/** What an evaluation's provenance says of exams that lack views. */
export interface ViewsNote {
  /** Views that each evaluated exam has; exams without them were left out. */
  readonly required_views?: readonly View[];
  readonly exams_left_out?: { readonly count: number; readonly ids: readonly string[] };
}

/**
 * Decides what becomes of exams that a model cannot take.
 *
 * @param exams of the dataset
 * @param views that the model needs
 * @param choice `all` or `complete_only`
 * @returns what the provenance shall say, or a fault for each exam that is in the way
 */
export function checkViews(
  exams: readonly Exam[],
  views: readonly View[],
  choice: EvaluationRequest["exams"],
): { readonly note: ViewsNote; readonly faults: readonly Fault[] } {
  const lacking = exams.filter((exam) => missingViews(exam, views).length > 0);
  const noneIsLeft = exams.length === lacking.length;
  if (lacking.length === 0) return { note: {}, faults: [] };
  if (choice === "complete_only" && !noneIsLeft) {
    const ids = lacking.slice(0, LEFT_OUT_NAMED_MAX).map(({ id }) => id);
    return {
      note: { required_views: [...views], exams_left_out: { count: lacking.length, ids } },
      faults: [],
    };
  }
  const faults = lacking.map((exam): Fault => {
    const missing = missingViews(exam, views);
    return {
      exam: exam.id,
      view: missing[0]!,
      image: null,
      code: "view_missing",
      message: `Exam ${exam.id} has no image in ${missing.join(", ")}`,
    };
  });
  return { note: {}, faults };
}

/**
 * @param evaluation whose request may have left exams out
 * @returns the views that decide about it; none where all exams are evaluated
 */
export function requiredViewsOf(evaluation: Pick<Evaluation, "provenance">): View[] {
  const { required_views: noted }: ViewsNote = evaluation.provenance;
  return VIEWS.filter((view) => noted?.includes(view));
}

/**
 * @param exams of the dataset
 * @param evaluation that may leave some out
 * @returns the exams that are evaluated, counted from 0
 */
export function evaluatedExams(
  exams: readonly Exam[],
  evaluation: Pick<Evaluation, "provenance">,
): Exam[] {
  return completeExams(exams, requiredViewsOf(evaluation));
}
