import type { Sample } from "../../shared/domain/mod.ts";
import { patientPseudonym } from "../../shared/format/mod.ts";
import type { LevelSamples } from "./align_levels.ts";

/** What resamples and tests take together. */
export interface SampleClusters {
  /** The cluster of each sample, numbered from 0. */
  readonly clusters: Int32Array;
  /** What a cluster is: all exams of a woman, or one exam where nothing tells whose exams they are. */
  readonly unit: "woman" | "exam";
}

/**
 * Takes the samples of a woman together, over all her exams. An exam that does not say whose it is counts as
 * the only one of a woman; where none says so, each exam is a cluster.
 */
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

/**
 * Says of samples whose they are by a side table, which then counts alone: the same woman may have another
 * pseudonym in the data list.
 *
 * @param patients ids of women by position of the exam; null where no table says so
 */
export function nameWomen(
  samples: LevelSamples,
  patients: ReadonlyMap<number, string> | null,
  key: Uint8Array,
): LevelSamples {
  if (patients === null) return samples;
  const pseudonyms = new Map(
    [...patients].map(([exam, id]) => [exam, patientPseudonym(key, id)]),
  );
  const named = (of: readonly Sample[] | null): Sample[] | null =>
    of?.map((sample) => ({ ...sample, patient: pseudonyms.get(sample.examIndex) })) ?? null;
  return {
    ...samples,
    breast: named(samples.breast),
    image: named(samples.image),
    exam: named(samples.exam),
  };
}
