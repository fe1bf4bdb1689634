import type { GroupLevel, Subgroups } from "../../../shared/contracts/scores.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import { SUBGROUP_CLASS_SAMPLES_MIN } from "../../../shared/limits.ts";
import { yieldToEventLoop } from "../../../shared/async.ts";
import { type LevelSamples, measureLevels } from "../samples/align_levels.ts";
import { measureLevel } from "../measures/measure_level.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import type { ExamGroup, Grouping } from "../../../shared/subgroups/mod.ts";

/** Measures every group like the whole. Exams are never split, so bootstrap by exam stays valid. */
export async function measureSubgroups(
  samples: LevelSamples,
  groupings: readonly Grouping[],
  measure: MeasureOptions,
): Promise<Subgroups[]> {
  const measured: Subgroups[] = [];
  for (const grouping of groupings) {
    const groups: Subgroups["groups"] = [];
    // One at a time: each may use all processors, and together they would need all memory.
    for (const group of grouping.groups) {
      groups.push({
        group: group.group,
        exams: group.exams.size,
        levels: await measureLevels(
          samples,
          (_, of, reason) =>
            measureGroup(membersOf(group, of, grouping.negatives), measure, reason),
        ),
      });
      await yieldToEventLoop();
    }
    measured.push({
      key: grouping.key,
      source: grouping.source,
      bins: grouping.bins === null ? null : [...grouping.bins],
      negatives: grouping.negatives,
      groups,
    });
  }
  return measured;
}

/** A key that only cancers have, such as a lesion type, uses the negatives of all groups. */
function membersOf(
  { exams }: ExamGroup,
  samples: readonly Sample[],
  negatives: Grouping["negatives"],
): Sample[] {
  return samples.filter(({ examIndex, label }) =>
    exams.has(examIndex) || (negatives === "all" && label === 0)
  );
}

async function measureGroup(
  samples: readonly Sample[],
  measure: MeasureOptions,
  reason: string | null,
): Promise<GroupLevel> {
  const { report } = await measureLevel(samples, measure, reason);
  const { positives, count } = report;
  return { ...report, too_small: reason ?? tooSmall(positives, count - positives) };
}

function tooSmall(positives: number, negatives: number): string | null {
  const least = Math.min(positives, negatives);
  if (least >= SUBGROUP_CLASS_SAMPLES_MIN) return null;
  const which = positives <= negatives ? `${positives} positives` : `${negatives} negatives`;
  return `Too small for reliable numbers: ${which}, fewer than ${SUBGROUP_CLASS_SAMPLES_MIN}`;
}
