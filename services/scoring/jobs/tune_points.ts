import { type Level, LEVELS, type ScoreReport } from "../../../shared/contracts/scores.ts";
import type { ChosenThreshold } from "../../../shared/contracts/thresholds.ts";
import { type Fault, faultOf, type Sample, type TruthRule } from "../../../shared/domain/mod.ts";
import type { NamedExam } from "../../../shared/subgroups/mod.ts";
import { loadLabelled, tunedOf } from "../analysis/labelled_score.ts";
import type { MeasureOptions, TunedPoint } from "../measures/measure_options.ts";
import { operatingPointId } from "../measures/operating_points.ts";
import { weightedExams } from "../measures/weighted_level.ts";
import type { LevelSamples } from "../samples/align_levels.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import { groupNames, type TunedExams, tuneThreshold } from "../screening/tuned_thresholds.ts";

export interface TuningData {
  readonly samples: LevelSamples;
  readonly exams: readonly NamedExam[];
  /** The rule of the labels; null: those of the list. */
  readonly truth: TruthRule | null;
  /** Reports of other scores that thresholds are chosen on. */
  readonly tuning: readonly ScoreReport[];
}

/** Adds weights, and chooses the thresholds of operating points that have a target, at each level. */
export async function tuneMeasure(
  measure: MeasureOptions,
  data: TuningData,
  store: SampleSource,
): Promise<MeasureOptions> {
  const exams = weightedExams(data.exams);
  const tuned: TunedPoint[] = [];
  for (const choice of measure.operatingPoints) {
    if (!("target" in choice)) continue;
    for (const level of LEVELS) {
      for (const weighted of exams === null ? [false] : [false, true]) {
        const samples = data.samples[level] ?? [];
        if (samples.length > 0) {
          tuned.push(await tuneAt(level, samples, { choice, weighted }, data, store));
        }
      }
    }
  }
  return { ...measure, exams, tuned };
}

/** One fault for each operating point that could not be chosen at any level. */
export function untunedPoints({ tuned = [] }: MeasureOptions): Fault[] {
  return [...Map.groupBy(tuned, ({ choice }) => choice)]
    .filter(([, points]) => points.every((point) => point.undefined !== null))
    .map(([choice, points]) =>
      faultOf({
        code: "threshold_invalid",
        field: "operating_points",
        message: `operating_points: ${operatingPointId(choice)}: ${points.at(-1)!.undefined}`,
      })
    );
}

async function tuneAt(
  level: Level,
  samples: readonly Sample[],
  { choice, weighted }: Pick<TunedPoint, "choice" | "weighted">,
  data: TuningData,
  store: SampleSource,
): Promise<TunedPoint> {
  const byIndex = new Map(data.exams.map((exam) => [exam.index, exam]));
  const exams = samples.map(({ examIndex }) => byIndex.get(examIndex)!);
  const made = (limitOf: (at: number) => number, chosen: TunedPoint["chosen"]): TunedPoint => ({
    ...{ choice, weighted, chosen, undefined: null },
    limits: new Map(samples.map((sample, at) => [sample, limitOf(at)])),
  });
  try {
    const { limits, chosen } = tuneThreshold(choice, {
      exams: inExams({ truth: data.truth, samples, exams }, weighted),
      groupsOf: (key) => groupNames(exams, key),
      others: await loadOther(choice, level, weighted, data, store),
      confidence: 0.95,
    });
    return made((at) => typeof limits === "number" ? limits : limits[at]!, chosen);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...made(() => NaN, []), undefined: error.message };
  }
}

/** Breasts and images of an exam are recalled together. */
function inExams(of: Parameters<typeof tunedOf>[0], weighted: boolean): TunedExams {
  const examOf = Int32Array.from(of.samples, ({ examIndex }) => examIndex);
  return { ...tunedOf(of, weighted), examOf };
}

async function loadOther(
  { tune }: ChosenThreshold,
  level: Level,
  weighted: boolean,
  { truth, tuning }: TuningData,
  store: SampleSource,
): Promise<ReadonlyMap<string, TunedExams>> {
  if (!("score" in tune)) return new Map();
  const report = tuning.find(({ id }) => id === tune.score);
  if (report === undefined) throw new RangeError(`There is no score ${tune.score}.`);
  const horizons = truth === null ? [] : [truth.within_days];
  const loaded = await loadLabelled(report, { level, horizons, weighted }, store);
  if (!loaded.ok) throw new RangeError(loaded.errors[0]!.message);
  return new Map([[report.id, inExams(loaded.labelled[0]!, weighted)]]);
}
