import type { JSX } from "hono/jsx/jsx-runtime";
import { mainLevelOf, type Miss, type ScoreReport } from "../../../../shared/contracts/scores.ts";
import { operatingPointName } from "../names.ts";
import {
  type Column,
  column,
  countText,
  examColumns,
  scoreText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";

/** The exams to look at first. */
export function MissesSection({ report, site }: {
  readonly report: ScoreReport;
  /** Whether the page can link to exams. */
  readonly site: boolean;
}): JSX.Element | null {
  const { misses } = report;
  if (misses.positives.length + misses.negatives.length === 0) return null;
  const level = mainLevelOf(report.levels);
  const { count, positives: malignant, operating_points } = report.levels[level]!;
  const point = operating_points.find(({ threshold }) => threshold !== null);
  const threshold = point?.threshold ?? null;
  const positives = misses.positives.filter(({ score }) => threshold === null || score < threshold);
  const negatives = misses.negatives.filter(({ score }) =>
    threshold === null || score >= threshold
  );
  const of = point === undefined
    ? "No threshold was chosen: these are the lowest and the highest scores."
    : `Compared with the threshold of ${
      operatingPointName(point.name)
    }: malignant ${level}s below it, ` +
      "others at or above it.";
  return (
    <Section id="misses" title="Largest errors of the model">
      <p>The {level}s to look at first, by the exam’s id in the data list. {of}</p>
      {positives.length === 0 && <p>No malignant {level} scores below the threshold.</p>}
      {negatives.length === 0 && <p>No other {level} scores at or above the threshold.</p>}
      <MissTable
        dataset={site ? report.dataset : null}
        caption={`Malignant ${level}s with the lowest scores`}
        outranked="Negatives that score as high or higher"
        misses={positives}
        others={count - malignant}
      />
      <MissTable
        dataset={site ? report.dataset : null}
        caption={`Other ${level}s with the highest scores`}
        outranked="Positives that score as low or lower"
        misses={negatives}
        others={malignant}
      />
    </Section>
  );
}

function MissTable({ dataset, caption, outranked, misses, others }: {
  /** The dataset whose exams can be viewed; null if none. */
  readonly dataset: string | null;
  readonly caption: string;
  readonly outranked: string;
  readonly misses: readonly Miss[];
  readonly others: number;
}): JSX.Element | null {
  if (misses.length === 0) return null;
  const columns: readonly Column<Miss>[] = [
    ...examColumns(dataset, misses),
    column("number", "Score", ({ score }) => scoreText(score)),
    column(
      "number",
      outranked,
      ({ outranked_by }) => `${countText(outranked_by)} of ${countText(others)}`,
    ),
  ];
  return (
    <>
      <h3>{caption}</h3>
      <Table label={caption} columns={columns} rows={misses} />
    </>
  );
}
