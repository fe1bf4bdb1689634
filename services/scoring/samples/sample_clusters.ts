import type { Sample } from "../../../shared/domain/mod.ts";
import { patientPseudonym } from "../../../shared/format/mod.ts";
import type { LevelSamples } from "./align_levels.ts";

export interface SampleClusters {
  /** The cluster of each sample, numbered from 0. */
  readonly clusters: Int32Array;
  /** A cluster is all exams of a woman, or one exam if women are unknown. */
  readonly unit: "woman" | "exam";
}

/** Groups samples by woman. Without her, an exam is its own cluster. */
export function clustersOf(
  samples: readonly Pick<Sample, "examIndex" | "patient">[],
): SampleClusters {
  const numbers = new Map<string | number, number>();
  let unit: SampleClusters["unit"] = "exam";
  const clusters = Int32Array.from(samples, ({ examIndex, patient }) => {
    if (patient !== undefined) unit = "woman";
    const key = patient ?? examIndex;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  return { clusters, unit };
}

/** Assigns women by position of the exam; the list's are ignored, as pseudonyms may differ there. */
export function nameWomen(
  samples: LevelSamples,
  patients: ReadonlyMap<number, string> | null,
  key: Uint8Array,
): LevelSamples {
  if (patients === null) return samples;
  const pseudonyms = new Map([...patients].map(([exam, id]) => [exam, patientPseudonym(key, id)]));
  const named = (of: readonly Sample[] | null): Sample[] | null =>
    of?.map((sample) => ({ ...sample, patient: pseudonyms.get(sample.examIndex) })) ?? null;
  return {
    ...samples,
    breast: named(samples.breast),
    image: named(samples.image),
    exam: named(samples.exam),
  };
}
