import type { OperatingPointReport } from "../../../shared/contracts/scores.ts";
import type { OperatingPointRequest } from "../../../shared/contracts/scoring_options.ts";
import type { ChosenThreshold } from "../../../shared/contracts/thresholds.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import {
  countAtThresholds,
  type CountedPointShare,
  type OperatingPoint,
  operatingPoint,
  type PointShare,
  type ReweightedPointShare,
  type ThresholdChoice,
} from "../statistics/mod.ts";
import {
  firstReason,
  type LevelSample,
  levelSampleOf,
  limits,
  undefinedFor,
} from "./level_sample.ts";
import type { MeasureOptions } from "./measure_options.ts";

/** A threshold chosen on other women is a given one for the other samples, which alone are reported. */
export function measureOperatingPoints(
  samples: readonly Sample[],
  sample: LevelSample,
  options: MeasureOptions,
  confidence: number,
): OperatingPointReport[] {
  const { bootstrap, prevalence } = options;
  const counts = countAtThresholds(sample.scores, sample.labels);
  const measureAt = (of: LevelSample, choice: ThresholdChoice): OperatingPoint => {
    const inExams = of.unit === "exam" ? of : { ...of, units: of.exams };
    return operatingPoint(inExams, counts, choice, { confidence, bootstrap, prevalence });
  };
  return options.operatingPoints.map((choice) => {
    const name = operatingPointId(choice);
    if (!("target" in choice)) {
      return { name, ...operatingPointReport(measureAt(sample, choice), prevalence) };
    }
    const { called, undefined: reason, ...tuned } = callsOf(choice, samples, options, false);
    const point = measureAt(levelSampleOf(called), { threshold: 1 });
    const report = { ...operatingPointReport(point, prevalence), ...tuned };
    return {
      name,
      ...reason === null ? report : { ...undefinedFor(report, reason), undefined: reason },
    };
  });
}

/** Samples that a threshold chosen on others calls (score 1) or not (score 0), without those that it was chosen on. */
interface TunedCalls
  extends Pick<OperatingPointReport, "threshold" | "chosen" | "reported" | "undefined"> {
  readonly called: readonly Sample[];
}

/** Applies a chosen threshold, or the one chosen with the weights, to samples of one level. */
export function callsOf(
  choice: ChosenThreshold,
  samples: readonly Sample[],
  { tuned = [] }: Pick<MeasureOptions, "tuned">,
  weighted: boolean,
): TunedCalls {
  const point = tuned.find((one) =>
    one.choice === choice && one.weighted === weighted && one.limits.has(samples[0]!)
  );
  const limitOf = (sample: Sample): number => point?.limits.get(sample) ?? NaN;
  const kept = samples.filter((sample) => !Number.isNaN(limitOf(sample)));
  const used = new Set(kept.map(limitOf));
  return {
    threshold: used.size === 1 ? [...used][0]! : null,
    chosen: point?.chosen.filter(({ threshold }) => used.has(threshold)) ?? [],
    reported: kept.length,
    called: kept.map((sample) => ({ ...sample, score: sample.score >= limitOf(sample) ? 1 : 0 })),
    undefined: point?.undefined ??
      (kept.length === 0
        ? "There are no samples but those that the threshold is chosen on."
        : null),
  };
}

/** Such as `specificity>=0.90`, `score>=0.3`, `specificity>=0.90, chosen on a share of 0.3 (seed 1)`. */
export function operatingPointId(choice: OperatingPointRequest): string {
  if ("threshold" in choice) return `score>=${choice.threshold}`;
  if ("target" in choice) return `${targetName(choice.target)}, ${tuneName(choice.tune)}`;
  return targetName(choice);
}

function targetName(target: ChosenThreshold["target"]): string {
  if (target.readers_recall) return "recall_rate<=that of single readers";
  const [[name, share]] = Object.entries(target).filter(([, one]) => one !== undefined) as [
    [string, number],
  ];
  const short = share.toFixed(2);
  const sign = name === "recall_rate" ? "<=" : ">=";
  return `${name}${sign}${Number(short) === share ? short : share}`;
}

function tuneName(tune: ChosenThreshold["tune"]): string {
  if ("score" in tune) return `chosen on score ${tune.score}`;
  if ("cross_fit" in tune) return `cross-fitted in ${tune.cross_fit} parts (seed ${tune.seed})`;
  const by = tune.stratify_by === null ? "" : ` for each ${tune.stratify_by}`;
  return `chosen on a share of ${tune.share}${by} (seed ${tune.seed})`;
}

/** Detection rates are per thousand exams. */
const DETECTION_PER = 1000;

function operatingPointReport(
  { threshold, reaches, shares, atPrevalence }: OperatingPoint,
  prevalence: number | null,
): Omit<OperatingPointReport, "name"> {
  return {
    threshold: threshold.value,
    reaches_target: reaches,
    sensitivity: counted(shares.sensitivity),
    specificity: counted(shares.specificity),
    ppv: counted(shares.ppv),
    npv: counted(shares.npv),
    recall_rate: counted(shares.recallRate),
    cancer_detection_rate: counted(shares.detectionRate, DETECTION_PER),
    at_prevalence: atPrevalence === null || prevalence === null ? null : {
      prevalence,
      ppv: reweighted(atPrevalence.ppv),
      npv: reweighted(atPrevalence.npv),
      recall_rate: reweighted(atPrevalence.recallRate),
      cancer_detection_rate: reweighted(atPrevalence.detectionRate, DETECTION_PER),
    },
    undefined: threshold.undefined,
  };
}

function counted(share: CountedPointShare, per = 1): OperatingPointReport["sensitivity"] {
  return { ...proportion(share, per), count: share.count, of: share.of };
}

function reweighted(share: ReweightedPointShare, per = 1): Reweighted["ppv"] {
  const raw = share.raw === null ? null : share.raw * per;
  return { ...proportion(share, per), raw, note: raw === null ? null : ADJUSTED };
}

type Reweighted = NonNullable<OperatingPointReport["at_prevalence"]>;

const ADJUSTED = "One of the counts is zero, so the share is outside its interval: the " +
  "value uses counts with half of z squared added (Mercaldo, Lau and Zhou 2007); raw is the share.";

function proportion(
  { value, ci, ciByCluster, fixed }: PointShare,
  per = 1,
): Omit<OperatingPointReport["sensitivity"], "count" | "of"> {
  return {
    value: value.value === null ? null : value.value * per,
    ci: limits(ci, per),
    ci_by_exam: limits(ciByCluster, per),
    ci_fixed_threshold: limits(fixed.ci, per),
    ci_fixed_threshold_by_exam: limits(fixed.ciByCluster, per),
    undefined: firstReason(value, ci, ciByCluster),
  };
}
