import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import type { NamedExam } from "../../../shared/subgroups/mod.ts";

export interface SamplingWeights {
  /** 1 / probability of selection of each exam; null without weights. */
  readonly weights: Float64Array | null;
  /** Stratum of each exam, from 0; null for a single one. */
  readonly strata: Int32Array | null;
}

/** One fault for each exam without a weight, if others have one. */
export function missingWeights(exams: readonly NamedExam[]): Fault[] {
  const isWeighted = ({ extras }: NamedExam): boolean => typeof extras["weight"] === "number";
  if (!exams.some(isWeighted)) return [];
  return [...new Set(exams)].filter((exam) => !isWeighted(exam)).map(({ id }) => {
    const message = `Exam ${id} has no weight, but other exams have one: give it, or ask with ` +
      "weighted false";
    return faultOf({ exam: id, field: "weight", code: "weight_missing", message });
  });
}

/** Weights and numbered strata of exams, all with a weight or all without; null where none is given. */
export function weightsOf(exams: readonly NamedExam[], weighted = true): SamplingWeights {
  const hasWeights = weighted && exams.some(({ extras }) => typeof extras["weight"] === "number");
  const numbers = new Map<string, number>();
  const strata = Int32Array.from(exams, ({ extras }) => {
    const name = typeof extras["stratum"] === "string" ? extras["stratum"] : "";
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return {
    weights: hasWeights ? Float64Array.from(exams, ({ extras }) => Number(extras["weight"])) : null,
    strata: hasWeights && numbers.size > 1 ? strata : null,
  };
}
