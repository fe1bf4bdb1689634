import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import { refusal } from "../../../shared/http/mod.ts";
import { attributesOfList, groupExams, type NamedExam } from "../../../shared/subgroups/mod.ts";

/**
 * Refuses subgroups that scoring could not make of the exams, before a model runs for hours.
 *
 * @param request what is asked
 * @param exams those that are evaluated; looked at where keys are chosen
 * @throws {Problem} `invalid_request` with a fault for each key, naming the keys that there are
 */
export function checkSubgroups(
  { dataset, subgroups }: Pick<EvaluationRequest, "dataset" | "subgroups">,
  exams: readonly NamedExam[],
): void {
  if (typeof subgroups === "boolean") return;
  const { errors } = groupExams(exams, subgroups, [attributesOfList(exams)]);
  if (errors.length === 0) return;
  throw refusal("invalid_request", `subgroups: dataset ${dataset} cannot be divided so`, errors);
}
