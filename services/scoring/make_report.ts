import type { LevelReport, ScoreReport } from "../../shared/contracts/scores.ts";
import type { Fault, Sample } from "../../shared/domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import type { LevelSamples } from "./align_levels.ts";
import { drawLevel } from "./draw_level.ts";
import { measureLevel } from "./measure_level.ts";
import type { MeasureOptions } from "./measure_options.ts";
import { writeSamples } from "./samples_csv.ts";
import type { ScoreFile } from "./score_store.ts";
import type { Grouping } from "./subgroups/group_exams.ts";
import { measureSubgroups } from "./subgroups/measure_subgroups.ts";

/** What a report is called and what it is of. */
export type ReportNames = Pick<
  ScoreReport,
  "id" | "dataset" | "model" | "experiment" | "evaluation"
>;

/** What a report is made from. */
export interface ReportParts {
  readonly names: ReportNames;
  readonly samples: LevelSamples;
  readonly groupings: readonly Grouping[];
  readonly measure: MeasureOptions;
  readonly warnings: readonly Fault[];
  /** Goes into the report as it is. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/**
 * Measures and draws each level and each subgroup.
 *
 * @param parts samples, groups, options
 * @returns the report; its plots, curves and samples as files
 */
export async function makeReport(
  parts: ReportParts,
): Promise<{ readonly report: ScoreReport; readonly files: readonly ScoreFile[] }> {
  const { names, samples, measure, warnings } = parts;
  const files: ScoreFile[] = [];
  const subtitle = [names.model, names.experiment, names.dataset].filter((part) => part !== null)
    .join(" · ");

  async function level(name: "breast" | "image", of: readonly Sample[]): Promise<LevelReport> {
    const measured = await measureLevel(of, measure);
    files.push(...await drawLevel(name, subtitle, measured));
    files.push({ name: `${name}_samples.csv`, content: writeSamples(of) });
    const folder = `/v1/scores/${names.id}/${name}`;
    return {
      ...measured.report,
      plots: {
        roc: `${folder}/roc.png`,
        pr: `${folder}/pr.png`,
        roc_svg: `${folder}/roc.svg`,
        pr_svg: `${folder}/pr.svg`,
        curves: `${folder}/curves.csv`,
        samples: `${folder}/samples.csv`,
      },
    };
  }

  const breast = await level("breast", samples.breast);
  const levels = samples.image === null
    ? { breast }
    : { breast, image: await level("image", samples.image) };
  const report: ScoreReport = {
    ...names,
    levels,
    subgroups: await measureSubgroups(samples, parts.groupings, measure),
    warnings: warnings.slice(0, FAULTS_LISTED_MAX),
    warnings_total: warnings.length,
    provenance: parts.provenance,
    created_at: new Date().toISOString(),
  };
  return { report, files };
}
