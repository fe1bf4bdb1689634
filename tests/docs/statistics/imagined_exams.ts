import { normalQuantile, type Random, stream } from "../../../services/scoring/statistics/mod.ts";

/** AUROC that the imagined models have in truth. */
export const TRUE_AUROC = 0.86;
/** By how much scores are higher in cancer, in standard deviations: Φ(separation / √2) is the AUROC. */
const SEPARATION = Math.SQRT2 * normalQuantile(TRUE_AUROC);
/** Share of the variance that both breasts of a woman have in common. */
const OF_EXAM = 0.3;

/** A test set that was made up, both breasts of each woman, scored by several models. */
export interface ImaginedExams {
  /** Scores of each model, between 0 and 1. */
  readonly scores: readonly Float64Array[];
  readonly labels: Uint8Array;
  /** The woman of each breast. */
  readonly clusters: Int32Array;
}

/** What is imagined. */
export interface Imagination {
  /** Women with cancer, in one breast. */
  readonly withCancer: number;
  readonly without: number;
  /** What each model adds to the separation of {@linkcode TRUE_AUROC}; one entry a model. */
  readonly models: readonly number[];
  /** Share of a score's variance that all models have in common: they look at the same pictures. */
  readonly alike: number;
  readonly seed: number;
}

/**
 * @param imagination how many women, how good the models are
 * @returns one draw of such a test set; the same each time
 */
export function imagineExams(imagination: Imagination): ImaginedExams {
  const { withCancer, without, models, alike, seed } = imagination;
  const random = stream(seed, 0);
  const breasts = 2 * (withCancer + without);
  const exams: ImaginedExams = {
    scores: models.map(() => new Float64Array(breasts)),
    labels: new Uint8Array(breasts),
    clusters: new Int32Array(breasts),
  };
  for (let at = 0; at < breasts; at += 2) {
    const woman = at / 2;
    const ofWoman = Math.sqrt(OF_EXAM) * normal(random);
    for (const breast of [at, at + 1]) {
      const label = woman < withCancer && breast === at ? 1 : 0;
      exams.labels[breast] = label;
      exams.clusters[breast] = woman;
      const common = Math.sqrt(alike) * (ofWoman + Math.sqrt(1 - OF_EXAM) * normal(random));
      for (const [model, more] of models.entries()) {
        const own = Math.sqrt(1 - alike) * normal(random);
        exams.scores[model]![breast] = share(common + own + label * (SEPARATION + more));
      }
    }
  }
  return exams;
}

/** Any number as one between 0 and 1, in the same order; low, as most scores of screening are. */
function share(score: number): number {
  return 1 / (1 + Math.exp(3 - score));
}

/** Box and Muller 1958: faster than the quantile of the normal distribution, and exact enough here. */
function normal(random: Random): number {
  const [a, b] = [random.uint32(), random.uint32()].map((word) => (word + 0.5) / 2 ** 32);
  return Math.sqrt(-2 * Math.log(a!)) * Math.cos(2 * Math.PI * b!);
}
