import type { Level, LevelReport, ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  applyTruthRule,
  completeExams,
  type Exam,
  type Sample,
  type View,
  VIEWS,
} from "../../../shared/domain/mod.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import { dataListFormatOf, readDataList } from "../../../shared/format/mod.ts";
import { predictionsFileName } from "../../../shared/volume/mod.ts";
import { alignLevels } from "./align_levels.ts";
import { sha256 } from "../store/content.ts";
import { readSamples } from "./samples_csv.ts";
import type { ScoreFile, ScoreStore } from "../store/score_store.ts";
import type { NamedExam } from "../../../shared/subgroups/mod.ts";

/** Samples of one level of a score, or a sentence that says why there are none. */
export type LoadedSamples =
  | { readonly ok: true; readonly samples: readonly Sample[] }
  | { readonly ok: false; readonly reason: string };

/** The parts of a report needed to load its samples. */
export type SampledReport =
  & Pick<ScoreReport, "id" | "dataset" | "model" | "experiment" | "evaluation" | "provenance">
  & {
    readonly levels: {
      readonly [L in Level]?: Pick<LevelReport, "count" | "undefined"> | undefined;
    };
  };

/** Where samples and truth are read. */
export type SampleSource = Pick<ScoreStore, "file" | "dataList">;

const DATA_LIST_FILES = ["data_list.pkl", "data_list.json", "data_list.csv"];

/** Loads the samples of a score, or recreates them from unchanged predictions and truth. */
export async function loadSamples(
  report: SampledReport,
  level: Level,
  store: SampleSource,
): Promise<LoadedSamples> {
  const of = report.levels[level];
  if (of === undefined || of.count === 0) {
    const why = of?.undefined ??
      (level === "exam" ? "it was made by an earlier version; score the predictions again" : null);
    const reason = `Score ${report.id} has no ${level} level${why === null ? "" : `: ${why}`}`;
    return { ok: false, reason };
  }
  const kept = await keptSamples(report, level, store);
  if (kept !== null) return { ok: true, samples: kept };
  const predictions = await predictionsOf(report, store);
  if (predictions === null || sha256(predictions) !== report.provenance["predictions_sha256"]) {
    return gone(report, "its predictions have changed");
  }
  const exams = await loadExams(report, store);
  if (exams === null) return gone(report, "its dataset has changed");
  const aligned = alignLevels(exams, predictions);
  if (!aligned.ok) return gone(report, aligned.errors[0]!.message);
  const rule = truthRuleOf(report);
  const samples = rule === null
    ? aligned.samples
    : aligned.relabel(applyTruthRule(exams, rule).exams);
  return { ok: true, samples: samples[level]! };
}

/** Damaged files count as missing: recreated samples are identical, or fail. */
async function keptSamples(
  report: SampledReport,
  level: Level,
  store: SampleSource,
): Promise<readonly Sample[] | null> {
  try {
    const bytes = await store.file(report.id, `${level}_samples.csv`);
    if (bytes === null) return null;
    const samples = readSamples(new TextDecoder().decode(bytes));
    return samples.length === report.levels[level]?.count ? samples : null;
  } catch {
    return null;
  }
}

async function predictionsOf(
  report: SampledReport,
  store: SampleSource,
): Promise<Uint8Array | null> {
  return await store.file(report.id, predictionsNameOf(report));
}

function predictionsNameOf({ evaluation, model, experiment }: SampledReport): string {
  return evaluation === null || model === null || experiment === null
    ? "predictions.csv"
    : predictionsFileName({ model, experiment });
}

/** Predictions and uploaded data list of a score, as far as they are there, to be kept with another score of them. */
export async function keptInputs(
  report: SampledReport,
  store: SampleSource,
): Promise<ScoreFile[]> {
  const names = [predictionsNameOf(report), ...report.dataset === null ? DATA_LIST_FILES : []];
  const files = await Promise.all(names.map(async (name) => {
    const content = await store.file(report.id, name);
    return content === null ? [] : [{ name, content }];
  }));
  return files.flat();
}

/** Reads a score's exams with truth and all keys; null if changed or unreadable. */
export async function loadExams(
  report: SampledReport,
  store: SampleSource,
): Promise<readonly Exam[] | null> {
  return await readExams(report, store).catch(() => null);
}

async function readExams(
  report: SampledReport,
  store: SampleSource,
): Promise<readonly Exam[] | null> {
  if (report.dataset !== null) {
    const list = await store.dataList(report.dataset);
    if (list === null || list.digest !== report.provenance["dataset_digest"]) return null;
    const content = await Deno.readFile(list.file.path);
    const { exams } = readDataList(content, "pkl", { entries: false });
    return completeExams(exams, requiredViews(report));
  }
  for (const name of DATA_LIST_FILES) {
    const bytes = await store.file(report.id, name);
    if (bytes !== null) {
      return readDataList(bytes, dataListFormatOf(name), { entries: false }).exams;
    }
  }
  return null;
}

/** Views that the model needs; exams without them are not in the report. */
function requiredViews({ provenance }: Pick<SampledReport, "provenance">): View[] {
  const views = provenance["required_views"];
  return VIEWS.filter((view) => Array.isArray(views) && views.includes(view));
}

/** With their keys if the dataset is unchanged, else with names only, enough to join a side table. */
export async function loadNamedExams(
  report: SampledReport,
  samples: readonly Sample[],
  store: SampleSource,
): Promise<readonly NamedExam[]> {
  const known = await loadExams(report, store);
  const rule = truthRuleOf(report);
  if (known !== null) return rule === null ? known : applyTruthRule(known, rule).exams;
  const ids = new Map(samples.map(({ examIndex, exam }) => [examIndex, exam]));
  return [...ids].map(([index, id]) => ({ index, id, extras: {} }));
}

function gone({ id }: Pick<SampledReport, "id">, why: string): LoadedSamples {
  return {
    ok: false,
    reason: `The samples of score ${id} are missing or damaged and cannot be created again: ${why}`,
  };
}
