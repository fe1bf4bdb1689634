import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import {
  type Exam,
  type Fault,
  haveOutcomes,
  NO_OUTCOMES,
  type View,
} from "../../../shared/domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../../../shared/limits.ts";
import { checkViews, evaluatedExams, type ViewsNote } from "../models/required_views.ts";
import { attributesOfList, groupExams, type NamedExam } from "../../../shared/subgroups/mod.ts";

/** The parts of a request that depend on a dataset's exams. */
export interface ExamsQuestion extends Pick<EvaluationRequest, "exams" | "subgroups" | "truth"> {
  readonly views: readonly View[];
}

export interface ExamsAnswer {
  readonly count: number;
  /** Provenance entries for exams that are left out. */
  readonly note: ViewsNote;
  /** Number of exams that prevent the evaluation, and faults for the first {@linkcode FAULTS_LISTED_MAX}. */
  readonly views: { readonly total: number; readonly listed: readonly Fault[] };
  /** One fault for each key that yields no subgroups; empty if exams already prevent the evaluation. */
  readonly subgroups: readonly Fault[];
  /** A fault if a rule for the labels lacks outcomes. */
  readonly truth: readonly Fault[];
}

export function checkExams(exams: readonly Exam[], question: ExamsQuestion): ExamsAnswer {
  const { note, faults } = checkViews(exams, question.views, question.exams);
  return {
    count: exams.length,
    note,
    views: { total: faults.length, listed: faults.slice(0, FAULTS_LISTED_MAX) },
    subgroups: faults.length > 0
      ? []
      : subgroupFaults(question.subgroups, evaluatedExams(exams, { provenance: { ...note } })),
    truth: question.truth === null || haveOutcomes(exams) ? [] : [NO_OUTCOMES],
  };
}

/** A fault for each subgroup key that scoring could not apply, before a model runs for hours. */
export function subgroupFaults(
  subgroups: EvaluationRequest["subgroups"],
  exams: readonly NamedExam[],
): readonly Fault[] {
  if (typeof subgroups === "boolean") return [];
  return groupExams(exams, subgroups, [attributesOfList(exams)]).errors;
}
