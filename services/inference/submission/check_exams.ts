import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { Exam, Fault, View } from "../../../shared/domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../../../shared/limits.ts";
import { checkViews, evaluatedExams, type ViewsNote } from "./required_views.ts";
import { attributesOfList, groupExams, type NamedExam } from "../../../shared/subgroups/mod.ts";

/** What of a request hangs on the exams of a dataset. */
export interface ExamsQuestion extends Pick<EvaluationRequest, "exams" | "subgroups"> {
  /** Views that the model needs. */
  readonly views: readonly View[];
}

/** What the exams of a dataset say to a request. It can be sent to another thread. */
export interface ExamsAnswer {
  /** Exams of the dataset. */
  readonly count: number;
  /** What the provenance shall say of exams that are left out. */
  readonly note: ViewsNote;
  /** How many exams are in the way, and the first {@linkcode FAULTS_LISTED_MAX} of them as faults. */
  readonly views: { readonly total: number; readonly listed: readonly Fault[] };
  /** One fault for each key that makes no subgroups; not looked at where exams are in the way. */
  readonly subgroups: readonly Fault[];
}

/** Checks a request against the exams of its dataset. */
export function checkExams(exams: readonly Exam[], question: ExamsQuestion): ExamsAnswer {
  const { note, faults } = checkViews(exams, question.views, question.exams);
  return {
    count: exams.length,
    note,
    views: { total: faults.length, listed: faults.slice(0, FAULTS_LISTED_MAX) },
    subgroups: faults.length > 0
      ? []
      : subgroupFaults(question.subgroups, evaluatedExams(exams, { provenance: { ...note } })),
  };
}

/**
 * Finds subgroups that scoring could not make of the exams, before a model runs for hours.
 *
 * @param exams those that are evaluated; looked at where keys are chosen
 * @returns a fault for each such key, naming the keys that there are
 */
export function subgroupFaults(
  subgroups: EvaluationRequest["subgroups"],
  exams: readonly NamedExam[],
): readonly Fault[] {
  if (typeof subgroups === "boolean") return [];
  return groupExams(exams, subgroups, [attributesOfList(exams)]).errors;
}
