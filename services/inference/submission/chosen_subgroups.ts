import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import { attributesOfList, groupExams, type NamedExam } from "../../../shared/subgroups/mod.ts";

/**
 * Finds subgroups that scoring could not make of the exams, before a model runs for hours.
 *
 * @param subgroups what is asked
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
