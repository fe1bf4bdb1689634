import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  Comparison,
  ComparisonPair,
  Discordant,
  MetricDifference,
} from "../../../../shared/contracts/comparisons.ts";
import {
  coefficientInterval,
  type Column,
  column,
  confidenceText,
  counted,
  countText,
  metricText,
  momentText,
  probabilityText,
  RelatedLinks,
  Section,
  signedMetricText,
  Table,
} from "../../../../shared/pages/mod.ts";
import { CHART_WIDTH, type Point } from "../curve_chart.ts";
import { type ClusterName, clusterName } from "../names.ts";
import { renderSvg } from "../render_svg.ts";
import { rocOverlay } from "../roc_chart.ts";
import { Chart, ForestPlots } from "./chart_figure.tsx";
import { DiscordantSection } from "./discordant_section.tsx";
import { fewText, PleaseNote } from "./please_note.tsx";
import { writeReport } from "./report_look.ts";
import { verdictOf } from "./verdict.ts";

type Names = ReadonlyMap<string, string>;
type Scored = Comparison["scores"][number];

export interface ComparisonPageData {
  readonly comparison: Comparison;
  /** False-positive rates and sensitivities of each score; empty if unknown. */
  readonly rocs: readonly (readonly Point[])[];
  /** For each pair; null for readers who may not see the truth. */
  readonly discordant: readonly Discordant[] | null;
  /** Dataset of the exams; null if it is not registered. */
  readonly dataset: string | null;
}

export function writeComparisonPage(data: ComparisonPageData): string {
  const { comparison, discordant, dataset } = data;
  const { scores, level, pairs } = comparison;
  const names = namesOf(scores);
  const few = fewText(comparison);
  const unit = clusterName(comparison);
  return writeReport(
    "Comparison · mammoeval",
    true,
    <article>
      <h1>
        {scores.length === 2 ? [...names.values()].join(" and ") : counted(scores.length, "score")},
        compared
      </h1>
      <p class="byline">By {level} · computed {momentText(comparison.created_at)}, not kept</p>
      <RelatedLinks links={[{ href: "/comparisons/new", text: "Compare others" }]} />
      <p class="lead">
        {counted(comparison.count, level)}
        {level !== "exam" && ` of ${counted(comparison.exams, "exam")}`},{" "}
        {countText(comparison.positives)} malignant, scored by all of them.
      </p>
      {few !== null && <PleaseNote messages={[few]} />}
      {few === null && pairs.length === 1 && (
        <p>{verdictText(pairs[0]!, names, comparison.confidence)}</p>
      )}
      <Section id="scores" title="The scores">
        <Table label="Table of scores" columns={scoreColumns(names)} rows={scores} />
        <Overlay {...data} names={names} />
      </Section>
      <Differences comparison={comparison} names={names} />
      <NonInferiority pairs={pairs} names={names} unit={unit} />
      {comparison.bootstrap !== null && <OtherMetrics pairs={pairs} names={names} unit={unit} />}
      <DiscordantSection
        dataset={dataset}
        noun={level}
        pairs={(discordant ?? []).map((of, at) => ({
          names: [names.get(pairs[at]!.a)!, names.get(pairs[at]!.b)!],
          discordant: of,
        }))}
      />
    </article>,
  );
}

function Differences({ comparison, names }: {
  readonly comparison: Comparison;
  readonly names: Names;
}): JSX.Element {
  const { level, pairs } = comparison;
  const unit = clusterName(comparison);
  return (
    <Section id="auroc" title="Differences of AUROC">
      <p>
        The first less the second; above 0 the first does better. {unit === "woman"
          ? "The tests take all exams of a woman together."
          : level === "exam"
          ? "The tests take exams for independent: nothing tells whose they are."
          : `The tests take the ${level}s of an exam together.`}{" "}
        p values are corrected by Holm for the number of pairs, within one metric and one test:
        choose both before you look.
      </p>
      <ForestPlots
        name="Differences of AUROC"
        caption={"Intervals by DeLong’s method. One that does not reach the dashed line speaks for " +
          "a difference, but the p value that counts is the corrected one in the table."}
        metric={`Difference of AUROC, ${confidenceText(comparison.confidence)} interval by ${unit}`}
        overall="difference"
        rows={pairs.map(({ a, b, auroc }) => ({
          label: `${names.get(a)} less ${names.get(b)}`,
          value: auroc.difference.value,
          ci: auroc.delong_by_exam.ci,
        }))}
      />
      <Table
        label="Differences of AUROC"
        columns={aurocColumns(names, unit)}
        rows={pairs}
        long
      />
      <p class="note">
        Intervals of {confidenceText(comparison.confidence)}.{bootstrapText(comparison)}
      </p>
    </Section>
  );
}

/** The ROC curves of all scores in one chart. */
function Overlay(
  { comparison, rocs, names }: ComparisonPageData & { readonly names: Names },
): JSX.Element | null {
  const drawn = comparison.scores.flatMap(({ id, auroc }, at) => {
    const points = rocs[at] ?? [];
    return points.length === 0
      ? []
      : [{ label: `${names.get(id)}: AUROC ${metricText(auroc)}`, points }];
  });
  if (drawn.length === 0) return null;
  return (
    <Chart
      svg={renderSvg(rocOverlay(drawn, CHART_WIDTH))}
      caption="The further a line is above the dashed diagonal, the better the model separates positives from negatives. Lines that cross: which is better depends on the threshold."
    />
  );
}

/** Distinguishes scores of one model by their experiment, or else by position. */
function namesOf(scores: readonly Scored[]): Names {
  const short = ({ model }: Scored): string => model ?? "uploaded";
  const long = (score: Scored): string =>
    score.experiment === null ? short(score) : `${short(score)} (${score.experiment})`;
  return new Map(scores.map((score, at) => {
    if (scores.filter((other) => short(other) === short(score)).length === 1) {
      return [score.id, short(score)];
    }
    const alike = scores.filter((other) => long(other) === long(score)).length > 1;
    return [score.id, alike ? `${long(score)} no. ${at + 1}` : long(score)];
  }));
}

/** The test result in plain words. */
function verdictText({ a, b, auroc }: ComparisonPair, names: Names, confidence: number): string {
  const [first, second] = [names.get(a)!, names.get(b)!];
  const { difference, delong_by_exam: { ci, p_holm, undefined: reason } } = auroc;
  return `AUROC of ${first} minus that of ${second}: ` +
    verdictOf({ difference: difference.value, ci, p: p_holm, reason }, confidence, [
      first,
      second,
    ], 1);
}

function bootstrapText({ bootstrap }: Comparison): string {
  if (bootstrap === null) return "";
  return ` Bootstrap: ${countText(bootstrap.replicates)} replicates, seed ${bootstrap.seed}.`;
}

function scoreColumns(names: Names): Column<Scored>[] {
  const metric = (
    title: string,
    of: (score: Scored) => number | null,
  ): Column<Scored> => column("number", title, (score) => metricText(of(score)));
  return [
    column("head", "Score", ({ id }) => <a href={`/reports/${id}`}>{names.get(id)}</a>),
    metric("AUROC", ({ auroc }) => auroc),
    metric("Average precision", ({ average_precision }) => average_precision),
    metric("AUPRC", ({ auprc }) => auprc),
    metric("Brier score", ({ brier }) => brier),
  ];
}

function pairColumn(names: Names): Column<ComparisonPair> {
  return column("head", "Pair", ({ a, b }) => `${names.get(a)} less ${names.get(b)}`);
}

/** A test as a cell: its interval, and the p value below it. */
function testCell(
  test: { readonly ci: readonly [number, number] | null; readonly p_holm: number | null } | null,
): JSX.Element {
  if (test === null) return <>—</>;
  return (
    <>
      {coefficientInterval(test.ci, signedMetricText)}
      <small>{test.p_holm === null ? "—" : `p ${probabilityText(test.p_holm)}`}</small>
    </>
  );
}

function differenceColumn(
  title: string,
  of: (pair: ComparisonPair) => MetricDifference,
): Column<ComparisonPair> {
  return column("number", title, (pair) => {
    const { value } = of(pair).difference;
    return value === null ? "undefined" : signedMetricText(value);
  });
}

function aurocColumns(names: Names, unit: ClusterName): Column<ComparisonPair>[] {
  return [
    pairColumn(names),
    differenceColumn("Difference", ({ auroc }) => auroc),
    column("number", `DeLong, by ${unit}`, ({ auroc }) => testCell(auroc.delong_by_exam)),
    column("number", `Bootstrap, by ${unit}`, ({ auroc }) => testCell(auroc.bootstrap_by_exam)),
  ];
}

interface PairsProps {
  readonly pairs: readonly ComparisonPair[];
  readonly names: Names;
  readonly unit: ClusterName;
}

function NonInferiority({ pairs, names, unit }: PairsProps): JSX.Element | null {
  const [first] = pairs;
  if (first === undefined || first.non_inferiority === null) return null;
  const columns: readonly Column<ComparisonPair>[] = [
    pairColumn(names),
    column("number", "Lower limit", ({ non_inferiority: of }) => {
      const lower = of?.by_exam.lower ?? null;
      return lower === null ? "undefined" : signedMetricText(lower);
    }),
    column("number", "p, one-sided", ({ non_inferiority: of }) => {
      const p = of?.by_exam.p ?? null;
      return p === null ? "—" : probabilityText(p);
    }),
    column("text", "Not worse by more than the margin", ({ non_inferiority: of }) => {
      const shown = of?.by_exam.non_inferior ?? null;
      return shown === null ? "undefined" : shown ? "shown" : "not shown";
    }),
  ];
  return (
    <Section
      id="margin"
      title={`Not worse by more than ${metricText(first.non_inferiority.margin)}`}
    >
      <p>By {unit}. The margin has to be fixed before the data are seen.</p>
      <Table label="Table of margins" columns={columns} rows={pairs} />
    </Section>
  );
}

const OTHERS = [
  ["average_precision", "Average precision"],
  ["auprc", "AUPRC"],
  ["brier", "Brier score"],
] as const;

function OtherMetrics({ pairs, names, unit }: PairsProps): JSX.Element {
  const columns = [
    pairColumn(names),
    ...OTHERS.map(([key, title]): Column<
      ComparisonPair
    > =>
      column(
        "number",
        title,
        ({ [key]: { difference: { value, undefined: reason }, bootstrap_by_exam } }) =>
          value === null ? <small>{reason ?? "undefined"}</small> : (
            <>
              {signedMetricText(value)}
              <small>{testCell(bootstrap_by_exam)}</small>
            </>
          ),
      )
    ),
  ];
  return (
    <Section id="others" title="Differences of other metrics">
      <p>With paired bootstrap intervals by {unit}. A lower Brier score is the better one.</p>
      <Table label="Differences of other metrics" columns={columns} rows={pairs} long />
    </Section>
  );
}
