import type { JSX } from "hono/jsx/jsx-runtime";
import type { AnalysisResult, ScoreAnalysis } from "../../../../shared/contracts/score_analyses.ts";
import {
  coefficientInterval,
  coefficientText,
  type Column,
  column,
  confidenceText,
  counted,
  countText,
  type Limits,
  metricText,
  RelatedLinks,
  scoreText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { netBenefitChart } from "../net_benefit_chart.ts";
import { renderSvg } from "../render_svg.ts";
import { Chart, FOREST_WIDTH } from "./chart_figure.tsx";
import { decisionLinks } from "./decision_links.ts";
import { QueryForm } from "./query_form.tsx";
import { writeReport } from "./report_look.ts";

export interface AnalysisPageData {
  readonly analysis: ScoreAnalysis;
  readonly query: Readonly<Record<string, string>>;
}

interface Estimate {
  readonly value: number | null;
  readonly ci: Limits;
  readonly undefined: string | null;
}

export function writeAnalysisPage({ analysis, query }: AnalysisPageData): string {
  const { score, results, confidence } = analysis;
  return writeReport(
    "Measures for decisions · mammoeval",
    true,
    <article>
      <h1>Measures for decisions: {analysis.model ?? "uploaded scores"}</h1>
      <RelatedLinks links={decisionLinks(score, "/score-analyses")} />
      <p class="lead">{results.map(leadOf).join(" ")}</p>
      <Section id="measures" title="The scores as a whole">
        <p class="note">
          By {analysis.level}, with {confidenceText(confidence)} intervals{" "}
          {analysis.women === null ? "by exam" : "by woman"}
          {results[0]!.design.weighted && ", weighted to the population that was sampled"}.
        </p>
        <Table label="Measures" columns={measureColumns(results)} rows={MEASURES} />
      </Section>
      {results.map((result) => <Result result={result} many={results.length > 1} />)}
      <QueryForm
        action="/score-analyses"
        title="Ask for other measures"
        hidden={{ score }}
        query={query}
        fields={FIELDS}
      />
    </article>,
  );
}

const FIELDS = [
  {
    name: "within_days",
    label: "Cancer means a cancer within days",
    hint: "one horizon or several, such as 365, 730; empty for the labels of the list",
  },
  { name: "thresholds", label: "Thresholds", hint: "separated by commas" },
  {
    name: "specificity",
    label: "Specificity to reach",
    hint: "chooses the threshold on four fifths of the women, five times, and reports the others",
  },
  { name: "up_to", label: "Net benefit up to a threshold probability of" },
  {
    name: "prevalence",
    label: "Prevalence for the net benefit",
    hint: "of the population that it is for; empty for that of the exams",
  },
  {
    name: "recalibrate",
    label: "Recalibration",
    choices: [["", "no"], ["yes", "logistic and isotonic, fitted on other women"]],
  },
] as const;

function leadOf({ truth, count, positives }: AnalysisResult): string {
  const counts = `${countText(count)} scores, ${countText(positives)} with cancer`;
  return truth === null
    ? `${counts}.`
    : `Within ${titleOf({ truth })}: ${counts}; ${counted(truth.left_out, "exam")} left out.`;
}

function titleOf({ truth }: Pick<AnalysisResult, "truth">): string {
  return truth === null ? "" : `${countText(truth.within_days)} days`;
}

type Measure = readonly [
  name: string,
  of: (result: AnalysisResult) => Estimate,
];

const MEASURES: readonly Measure[] = [
  ["Prevalence", ({ prevalence }) => prevalence],
  ["AUROC", ({ auroc }) => auroc],
  ["Average precision", ({ average_precision }) => average_precision],
  ["AUPRC", ({ auprc }) => auprc],
  ["Brier score", ({ brier }) => brier],
  ["Log loss", ({ log_loss }) => log_loss],
  ["Calibration slope", ({ slope }) => slope],
  ["Observed over expected", ({ observed_over_expected }) => observed_over_expected],
];

function measureColumns(results: readonly AnalysisResult[]): Column<Measure>[] {
  return [
    column("head", "Measure", ([name]) => name),
    ...results.map((result) =>
      column("number", titleOf(result) || "Value", ([, of]: Measure) => cellOf(of(result)))
    ),
  ];
}

/** A value with its interval below, or why there is none. */
function cellOf({ value, ci, undefined: reason }: Estimate, digits = 3): JSX.Element {
  if (value === null) return <small>{reason ?? "undefined"}</small>;
  return (
    <>
      {numberText(value, digits)}
      {ci !== null && <small>{coefficientInterval(ci, (limit) => numberText(limit, digits))}
      </small>}
    </>
  );
}

function numberText(value: number, digits: number): string {
  return Math.abs(value) >= 1000 ? coefficientText(value) : value.toFixed(digits).replace("-", "−");
}

function Result({ result, many }: {
  readonly result: AnalysisResult;
  readonly many: boolean;
}): JSX.Element {
  const { thresholds, net_benefit: benefits, partial_auc: parts, recalibration } = result;
  const of = many ? `, ${titleOf(result)}` : "";
  const id = (name: string): string => `${name}${result.truth?.within_days ?? ""}`;
  return (
    <>
      {thresholds.length > 0 && (
        <Section id={id("at_thresholds")} title={`At thresholds${of}`}>
          <Table label={`Thresholds${of}`} columns={THRESHOLDS} rows={thresholds} />
        </Section>
      )}
      {benefits !== null && benefits.length > 0 && (
        <Section id={id("benefit")} title={`Net benefit${of}`}>
          <Chart
            svg={renderSvg(netBenefitChart(benefits, FOREST_WIDTH))}
            wide={`Net benefit${of}`}
            caption={"True positives minus false positives, weighed by the odds of the threshold probability: the risk " +
              "from which on a woman should be recalled. Where its line is above both others, the model is worth using."}
          />
        </Section>
      )}
      {parts.length > 0 && (
        <Section id={id("partial")} title={`Partial AUC${of}`}>
          <Table label={`Partial AUC${of}`} columns={PARTS} rows={parts} />
        </Section>
      )}
      {recalibration !== null && (
        <Section id={id("recalibration")} title={`Recalibrated on other women${of}`}>
          <Table label={`Recalibration${of}`} columns={RECALIBRATED} rows={recalibration} />
        </Section>
      )}
    </>
  );
}

type Threshold = AnalysisResult["thresholds"][number];

const THRESHOLDS: readonly Column<Threshold>[] = [
  column("head", "Threshold", ({ threshold, chosen }) => (
    <>
      {threshold === null ? "several" : scoreText(threshold)}
      {chosen.length > 0 && (
        <small>
          {chosen.map((one) => scoreText(one.threshold)).join(", ")}, chosen on other women
        </small>
      )}
    </>
  )),
  column("number", "Sensitivity", ({ sensitivity }) => cellOf(sensitivity)),
  column("number", "Specificity", ({ specificity }) => cellOf(specificity)),
  column("number", "PPV", ({ ppv }) => cellOf(ppv)),
  column("number", "Recall rate", ({ recall_rate }) => cellOf(recall_rate)),
  column(
    "number",
    "Detection per 1,000",
    ({ detection_per_1000 }) => cellOf(detection_per_1000, 1),
  ),
];

type Part = AnalysisResult["partial_auc"][number];

const PARTS: readonly Column<Part>[] = [
  column("head", "Band", ({ focus, from, to }) => `${focus} ${from} to ${to}`),
  column("number", "Area", ({ raw }) => metricText(raw)),
  column("number", "Standard error", ({ se_jackknife: se }) => se === null ? "—" : metricText(se)),
  column("number", "Corrected, 0.5 is chance", ({ corrected }) => metricText(corrected)),
];

type Recalibrated = NonNullable<AnalysisResult["recalibration"]>[number];

const RECALIBRATED: readonly Column<Recalibrated>[] = [
  column("head", "Method", ({ method }) => method),
  column("number", "Brier score", ({ brier }) => cellOf(brier, 4)),
  column("number", "Log loss", ({ log_loss }) => cellOf(log_loss, 4)),
  column("number", "Slope", ({ slope }) => cellOf(slope, 2)),
  column(
    "number",
    "Observed over expected",
    ({ observed_over_expected }) => cellOf(observed_over_expected, 2),
  ),
];
