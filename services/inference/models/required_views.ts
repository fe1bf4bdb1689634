import { completeExams, missingViews, VIEWS } from "../../../shared/domain/mod.ts";
import type { Exam, Fault, View } from "../../../shared/domain/mod.ts";
import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { Evaluation } from "../ledger/ledger.ts";

/** Maximum number of left-out exams listed in the provenance. */
const LEFT_OUT_NAMED_MAX = 1000;

const HINTED_EXAMS_MAX = 3;

export interface ViewsNote {
  /** Views that each evaluated exam has; exams without them were left out. */
  readonly required_views?: readonly View[];
  readonly exams_left_out?: { readonly count: number; readonly ids: readonly string[] };
}

/** Provenance entries for exams that lack views, or faults for exams that prevent the evaluation. */
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

/** Addition to a failure message if the model declares no views and may lack one; else empty. */
export function undeclaredViewsHint(exams: readonly Exam[]): string {
  const lacking = exams.flatMap((exam) => {
    const views = missingViews(exam, VIEWS);
    return views.length === 0 ? [] : [`exam ${exam.id}: ${views.join(", ")}`];
  });
  if (lacking.length === 0) return "";
  const named = lacking.slice(0, HINTED_EXAMS_MAX).join("; ");
  const more = lacking.length > HINTED_EXAMS_MAX ? "; …" : "";
  return `. ${lacking.length} of ${exams.length} exams lack a view (${named}${more}), which may be ` +
    'why: name the views that the model needs in its model.json ("views"), and send ' +
    '"exams": "complete_only" to leave such exams out';
}

/** Views that exams need to be evaluated; empty if all exams are evaluated. */
export function requiredViewsOf(evaluation: Pick<Evaluation, "provenance">): View[] {
  const { required_views: noted }: ViewsNote = evaluation.provenance;
  return VIEWS.filter((view) => noted?.includes(view));
}

export function evaluatedExams(
  exams: readonly Exam[],
  evaluation: Pick<Evaluation, "provenance">,
): Exam[] {
  return completeExams(exams, requiredViewsOf(evaluation));
}
