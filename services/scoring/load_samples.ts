import type { Level, ScoreReport } from "../../shared/contracts/scores.ts";
import type { Exam, Sample } from "../../shared/domain/mod.ts";
import { dataListFormatOf, readDataList } from "../../shared/format/mod.ts";
import { predictionsFileName } from "../../shared/volume/mod.ts";
import { alignLevels } from "./align_levels.ts";
import { sha256 } from "./content.ts";
import { readSamples } from "./samples_csv.ts";
import type { ScoreStore } from "./score_store.ts";

/** Samples of one level of a score, or one sentence why there are none. */
export type LoadedSamples =
  | { readonly ok: true; readonly samples: readonly Sample[] }
  | { readonly ok: false; readonly reason: string };

const DATA_LIST_FILES = ["data_list.pkl", "data_list.json", "data_list.csv"];

/**
 * Reads the samples that a score rests on. Where they were not kept they are made again from
 * predictions and truth, if both are still what they were.
 *
 * @param report the score
 * @param level its level
 * @param store where scores are
 */
export async function loadSamples(
  report: ScoreReport,
  level: Level,
  store: ScoreStore,
): Promise<LoadedSamples> {
  if (level === "image" && report.levels.image === undefined) {
    return { ok: false, reason: `Score ${report.id} has no image level` };
  }
  const kept = await store.file(report.id, `${level}_samples.csv`);
  if (kept !== null) return { ok: true, samples: readSamples(new TextDecoder().decode(kept)) };
  const predictions = await predictionsOf(report, store);
  if (predictions === null || sha256(predictions) !== report.provenance["predictions_sha256"]) {
    return gone(report, "its predictions are not what they were");
  }
  const exams = await loadExams(report, store);
  if (exams === null) return gone(report, "its dataset is not what it was");
  const aligned = alignLevels(exams, predictions);
  if (!aligned.ok) return gone(report, aligned.errors[0]!.message);
  return { ok: true, samples: aligned.samples[level]! };
}

async function predictionsOf(report: ScoreReport, store: ScoreStore): Promise<Uint8Array | null> {
  const { model, experiment } = report;
  const name = report.evaluation === null || model === null || experiment === null
    ? "predictions.csv"
    : predictionsFileName({ model, experiment });
  return await store.file(report.id, name);
}

/**
 * Reads the exams that a score is of, with their truth and all their keys.
 *
 * @param report the score
 * @param store where scores and truth are
 * @returns the exams; null where they are not what they were
 */
export async function loadExams(
  report: ScoreReport,
  store: ScoreStore,
): Promise<readonly Exam[] | null> {
  if (report.dataset !== null) {
    const truth = await store.truth(report.dataset);
    return truth?.digest === report.provenance["dataset_digest"] ? truth?.exams ?? null : null;
  }
  for (const name of DATA_LIST_FILES) {
    const bytes = await store.file(report.id, name);
    if (bytes !== null) return readDataList(bytes, dataListFormatOf(name)).exams;
  }
  return null;
}

function gone({ id }: ScoreReport, why: string): LoadedSamples {
  return {
    ok: false,
    reason: `The samples of score ${id} were not kept and cannot be made again: ${why}`,
  };
}
