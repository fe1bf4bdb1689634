import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  Comparison,
  ComparisonPair,
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
import { type ClusterName, clusterName } from "../names.ts";
import { fewText, PleaseNote } from "./please_note.tsx";
import { writeReport } from "./report_look.ts";
import { verdictOf } from "./verdict.ts";

/** Scores by their name in the tables. */
type Names = ReadonlyMap<string, string>;
type Scored = Comparison["scores"][number];

/** Writes the page that compares scores. */
export function writeComparisonPage(comparison: Comparison): string {
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
      </Section>
      <Section id="auroc" title="Differences of AUROC">
        <p>
          The first less the second; above 0 the first does better.{" "}
          {unit === "woman"
            ? "The tests take all exams of a woman together."
            : level === "exam"
            ? "The tests take exams for independent: nothing tells whose they are."
            : `The tests take the ${level}s of an exam together.`}{" "}
          p values are corrected by Holm for the number of pairs, within one metric and one test:
          choose both before you look.
        </p>
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
      <NonInferiority pairs={pairs} names={names} unit={unit} />
      {comparison.bootstrap !== null && <OtherMetrics pairs={pairs} names={names} unit={unit} />}
    </article>,
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
