import type { Level, Levels } from "../../../shared/contracts/scores.ts";
import {
  aggregateToBreasts,
  aggregateToExams,
  alignPredictions,
  type Exam,
  examLabels,
  type Fault,
  isSideUnknown,
  labelOf,
  type Sample,
} from "../../../shared/domain/mod.ts";
import { readPredictions } from "../../../shared/format/mod.ts";

export interface LevelSamples {
  /** null if only whole exams are known; {@linkcode LevelSamples.noBreasts} says why. */
  readonly breast: readonly Sample[] | null;
  /** null without image scores. */
  readonly image: readonly Sample[] | null;
  /** null in scores of earlier versions. */
  readonly exam: readonly Sample[] | null;
  /** Why there is neither breast nor image level; null if there is. */
  readonly noBreasts: string | null;
}

export type AlignedLevels =
  | {
    readonly ok: true;
    readonly samples: LevelSamples;
    readonly warnings: readonly Fault[];
    /** The samples with the truth of these exams; without those of other exams. */
    readonly relabel: (exams: readonly Exam[]) => LevelSamples;
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

const EXAMS_SCORED = "The predictions hold one score an exam, and none of breasts or images";
const SIDES_UNKNOWN =
  "The data list does not say of every exam with cancer which breast is malignant";

/** Joins predictions with the truth and aggregates images to breasts and exams; ignores labels in the file. */
export function alignLevels(exams: readonly Exam[], predictions: Uint8Array): AlignedLevels {
  const read = readPredictions(new TextDecoder().decode(predictions), exams);
  if (read.predictions === null) return { ok: false, errors: read.errors };
  const { samples, errors, warnings } = alignPredictions(exams, read.predictions);
  if (errors.length > 0) return { ok: false, errors };
  const { level } = read.predictions;
  return {
    ok: true,
    samples: samplesOf(exams, samples, level),
    warnings: [...read.warnings, ...warnings],
    relabel: (others) => {
      const byIndex = new Map(others.map((exam) => [exam.index, exam]));
      const kept = samples.flatMap((sample): Sample[] => {
        const exam = byIndex.get(sample.examIndex);
        return exam === undefined ? [] : [{ ...sample, label: labelOf(exam, sample.laterality) }];
      });
      return samplesOf(others, kept, level);
    },
  };
}

function samplesOf(exams: readonly Exam[], samples: readonly Sample[], level: Level): LevelSamples {
  if (level === "exam") {
    return { breast: null, image: null, exam: samples, noBreasts: EXAMS_SCORED };
  }
  const breast = level === "image" ? aggregateToBreasts(samples) : samples;
  const exam = aggregateToExams(breast, examLabels(exams));
  if (exams.some(isSideUnknown)) {
    return { breast: null, image: null, exam, noBreasts: SIDES_UNKNOWN };
  }
  return { breast, image: level === "image" ? samples : null, exam, noBreasts: null };
}

/** Measures each level; `reason` says why a level has no samples, as if only whole exams are known. */
export async function measureLevels<T>(
  { breast, image, exam, noBreasts }: LevelSamples,
  measure: (level: Level, samples: readonly Sample[], reason: string | null) => Promise<T>,
): Promise<Levels<T>> {
  return {
    breast: await measure("breast", breast ?? [], noBreasts),
    ...image === null && noBreasts === null
      ? {}
      : { image: await measure("image", image ?? [], noBreasts) },
    ...exam === null ? {} : { exam: await measure("exam", exam, null) },
  };
}
