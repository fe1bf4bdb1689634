import type { JSX } from "hono/jsx/jsx-runtime";
import { LEVELS, mainLevelOf } from "../../../../shared/contracts/scores.ts";
import type {
  Level,
  OperatingPointReport,
  ScoreReport,
} from "../../../../shared/contracts/scores.ts";
import { OPERATING_POINTS_MARKED_MAX, WARNINGS_SHOWN_MAX } from "../../../../shared/limits.ts";
import { DEFAULT_CONFIDENCE, type ScoreCurves } from "../level_charts.ts";
import { clusterName, datasetName, modelName, operatingPointName } from "../names.ts";
import { ChecklistSection } from "./checklist_section.tsx";
import { EvaluatedSection, RecordSection } from "./evaluated_section.tsx";
import { GlossarySection } from "./glossary_section.tsx";
import { LevelChartGrid, LevelSection } from "./level_section.tsx";
import { MissesSection } from "./misses_section.tsx";
import {
  type Column,
  column,
  confidenceText,
  counted,
  countText,
  Help,
  intervalText,
  metricText,
  momentText,
  percentDigits,
  percentText,
  RelatedLinks,
  scoreText,
  Section,
  type SiteLink,
  Table,
} from "../../../../shared/pages/mod.ts";
import { trustText } from "./coverage.ts";
import { decisionLinks } from "./decision_links.ts";
import { fewText, PleaseNote } from "./please_note.tsx";
import { writeReport } from "./report_look.ts";
import { SubgroupsSection } from "./subgroups_section.tsx";
import { ThresholdSlider } from "./threshold_slider.tsx";

/** Data of a report page. */
export interface ReportPageData {
  readonly report: ScoreReport;
  /** null for a score released with values of two digits, which has no sections by level. */
  readonly curves: ScoreCurves | null;
  /** Whether it is a page of the service, with links, or a standalone file. */
  readonly site: boolean;
  /** Whether the viewer may decide who sees the score; default no. */
  readonly mayRelease?: boolean;
  /** Thresholds to try, and the position that was asked for; for viewers who may see the truth. */
  readonly tries?: { readonly points: readonly ThresholdPoint[]; readonly asked?: string };
}

/**
 * Writes the page for reading and printing as HTML with inline charts and style: a summary that fits on one sheet, then
 * the details, and at the end the record of the run.
 */
export function writeReportPage(data: ReportPageData): string {
  const { report, curves, site, mayRelease = false, tries } = data;
  const title = `${modelName(report)} on ${datasetName(report)}`;
  const section = (level: Level): JSX.Element | null => {
    const of = report.levels[level];
    const drawn = curves?.[level];
    return of === undefined || drawn === undefined
      ? null
      : <LevelSection level={level} report={of} curves={drawn} site={site} />;
  };
  const messages = warningsOf(report);
  return writeReport(
    `${title} · mammoeval`,
    site,
    <article>
      <div class="summary">
        <h1>{report.name ?? title}</h1>
        <p class="byline">
          {report.name !== undefined && `${title} · `}Score report
          {report.experiment !== null && ` · experiment ${report.experiment}`} ·{" "}
          {momentText(report.created_at)}
        </p>
        {site && <RelatedLinks links={linksOf(report, mayRelease, tries !== undefined)} />}
        {report.notes !== undefined && <p class="lead notes">{report.notes}</p>}
        <p class="lead">{leadOf(report)}</p>
        <Tiles report={report} />
        <PleaseNote messages={shortened(messages)} />
        {curves === null && <p>The data owner has released these values with two digits.</p>}
        {curves !== null && <SummaryCharts report={report} curves={curves} site={site} />}
        {curves !== null && <Contents report={report} />}
      </div>
      {site && tries !== undefined && <Tries report={report} {...tries} />}
      {section("breast")}
      {section("exam")}
      <SubgroupsSection report={report} />
      <MissesSection report={report} site={site} />
      {section("image")}
      <EvaluatedSection report={report} />
      <ChecklistSection report={report} />
      <GlossarySection />
      {messages.length > SUMMARY_WARNINGS_MAX && (
        <Section id="notes" title="All notes">
          <ul>{messages.map((message) => <li>{message}</li>)}</ul>
        </Section>
      )}
      <RecordSection report={report} />
      {site && <Files report={report} mayAccessTruth={tries !== undefined} />}
    </article>,
  );
}

/** Warnings in the summary; more would not fit on its sheet. */
const SUMMARY_WARNINGS_MAX = 3;

function shortened(messages: readonly string[]): readonly string[] {
  if (messages.length <= SUMMARY_WARNINGS_MAX) return messages;
  const more = counted(messages.length - SUMMARY_WARNINGS_MAX, "more note");
  return [...messages.slice(0, SUMMARY_WARNINGS_MAX), `And ${more}, under “All notes”.`];
}

/** The curve of the main level beside its scores, and what its thresholds do. */
function SummaryCharts({ report, curves, site }: {
  readonly report: ScoreReport;
  readonly curves: ScoreCurves;
  readonly site: boolean;
}): JSX.Element | null {
  const level = mainLevelOf(report.levels);
  const of = report.levels[level]!;
  const drawn = curves[level];
  if (of.count === 0 || drawn === undefined) return null;
  return (
    <>
      <LevelChartGrid
        {...{ level, site, curves: drawn }}
        report={of}
        names={["roc", "histogram"]}
      />
      <Table
        label="Thresholds in short"
        columns={POINT_COLUMNS}
        rows={of.operating_points.filter(({ threshold }) => threshold !== null).slice(
          0,
          OPERATING_POINTS_MARKED_MAX,
        )}
      />
    </>
  );
}

const RATES = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["recall_rate", "Recall rate"],
  ["ppv", "PPV"],
] as const;

const POINT_COLUMNS: readonly Column<OperatingPointReport>[] = [
  column("head", "At", ({ name }) => operatingPointName(name)),
  column("number", "Threshold", ({ threshold }) => scoreText(threshold!)),
  ...RATES.map(([key, title]) =>
    column<OperatingPointReport>("number", title, ({ [key]: rate }) => (
      <>
        {rateText(rate)}
        <small>{intervalText(rate.ci_by_exam, percentDigits)}</small>
      </>
    ))
  ),
];

/** A threshold and what it does; shares of the samples of each class. */
export interface ThresholdPoint {
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly sensitivity: number;
}

function Tries({ report, points, asked }: {
  readonly report: ScoreReport;
  readonly points: readonly ThresholdPoint[];
  readonly asked?: string;
}): JSX.Element {
  const level = mainLevelOf(report.levels);
  const { count, positives } = report.levels[level]!;
  const rows = points.map(({ threshold, falsePositiveRate, sensitivity }) => {
    const found = Math.round(sensitivity * positives);
    const called = found + Math.round(falsePositiveRate * (count - positives));
    return { threshold, falsePositiveRate, sensitivity, found, called };
  });
  type Row = (typeof rows)[number];
  return (
    <ThresholdSlider
      action={`/reports/${report.id}`}
      hidden={{}}
      asked={asked}
      summary="All thresholds"
      columns={[
        column<Row>("head", "Threshold", ({ threshold }) => scoreText(threshold)),
        column<Row>("number", "Sensitivity", ({ sensitivity }) => percentText(sensitivity)),
        column<Row>(
          "number",
          "Specificity",
          ({ falsePositiveRate }) => percentText(1 - falsePositiveRate),
        ),
        column<Row>("number", "Called positive", ({ called }) => countText(called)),
        column<Row>("number", "Of them malignant", ({ found }) => countText(found)),
      ]}
      rows={rows}
      sentence={([threshold, sensitivity, specificity, called, found]) => (
        <>
          At {threshold}: sensitivity {sensitivity}, specificity {specificity}. Of{" "}
          {counted(count, level)}, {called} are called positive; {found} of them are malignant.
        </>
      )}
    />
  );
}

/** Pages about decisions are only for those who may see the truth: others would get a refusal. */
function linksOf(
  { dataset, id, provenance }: ScoreReport,
  mayRelease: boolean,
  mayAccessTruth: boolean,
): SiteLink[] {
  const ofDataset = [
    { href: `/leaderboards/${dataset}`, text: `Leaderboard of ${dataset}` },
    { href: `/comparisons/new?dataset=${dataset}&score=${id}`, text: "Compare with others" },
  ];
  return [
    ...dataset === null ? [] : ofDataset,
    { href: `/v1/scores/${id}`, text: "This report as JSON" },
    ...mayAccessTruth
      ? [
        ...decisionLinks(id, "/reports", provenance["reads"] === true),
        { href: `/scores/${id}/rescore`, text: "Score again" },
      ]
      : [],
    ...mayRelease
      ? [
        { href: `/scores/${id}/notes`, text: "Name and notes" },
        { href: `/scores/${id}/release`, text: "Access" },
        { href: `/scores/${id}/delete`, text: "Delete this score" },
      ]
      : [],
  ];
}

/** The most important number, in plain words. */
function leadOf({ levels }: ScoreReport): string {
  const noun = mainLevelOf(levels);
  const { count, positives, exams, women, auroc, bootstrap } = levels[noun]!;
  const whose = typeof women === "number" ? ` of ${women} ${women === 1 ? "woman" : "women"}` : "";
  const of = noun === "exam" ? "" : ` of ${counted(exams, "exam")}`;
  const data = `${counted(count, noun)}${of}${whose}; ` +
    `${countText(positives)} of the ${noun}s ${positives === 1 ? "is" : "are"} malignant.`;
  if (auroc.value === null) return `${data} The AUROC is not defined here.`;
  const limits = auroc.ci_by_exam?.map((limit) => Math.round(limit * 100));
  const interval = limits === undefined || limits[0] === limits[1]
    ? ""
    : ` (${confidenceText(bootstrap?.confidence ?? DEFAULT_CONFIDENCE)} interval: ` +
      `${limits[0]} to ${limits[1]})`;
  return `${data} Of a malignant ${noun} and one that is not, the model gives the malignant one ` +
    `the higher score in ${
      Math.round(auroc.value * 100)
    } of 100 pairs${interval}, ties counted half.`;
}

function Tiles({ report: { levels } }: { readonly report: ScoreReport }): JSX.Element {
  const main = mainLevelOf(levels);
  const { auroc, average_precision, operating_points } = levels[main]!;
  const metrics = [
    ["AUROC", auroc, main],
    ["Average precision", average_precision, main],
    ...main === "exam" || levels.exam === undefined
      ? []
      : [["AUROC", levels.exam.auroc, "exam"] as const],
  ] as const;
  const points = operating_points.filter(({ threshold }) => threshold !== null);
  return (
    <ul class="tiles">
      {metrics.map(([name, { value, ci_by_exam }, level]) => (
        <li>
          <span class="name">
            {name}, by {level} <Help word={name} />
          </span>
          <span class="value">{metricText(value)}</span>
          <span class="more">{intervalText(ci_by_exam)} by {clusterName(levels[level]!)}</span>
        </li>
      ))}
      {points.slice(0, 2).map(({ name, chosen, sensitivity, specificity }) => (
        <li>
          <span class="name">
            At {operatingPointName(name)}{" "}
            <Help word={name.startsWith("sensitivity") ? "Specificity" : "Sensitivity"} />
          </span>
          <span class="value">
            {rateText(name.startsWith("sensitivity") ? specificity : sensitivity)}
          </span>
          <span class="more">
            {name.startsWith("sensitivity") ? "specificity" : "sensitivity"}, {intervalText(
              (name.startsWith("sensitivity") ? specificity : sensitivity).ci_by_exam,
              percentDigits,
            )}
            {name.startsWith("score") || chosen !== undefined ? "" : ", threshold chosen again"}
          </span>
        </li>
      ))}
    </ul>
  );
}

function rateText({ value }: { readonly value: number | null }): string {
  return value === null ? "undefined" : percentText(value);
}

const WEIGHTS =
  "The exams were sampled with weights. Only the weighted results, which the data owner sees, " +
  "describe the programme that they were drawn from; all others count every exam once.";

function warningsOf(report: ScoreReport): readonly string[] {
  const main = report.levels[mainLevelOf(report.levels)]!;
  const trust = trustText(main.exams_positive);
  const messages = [
    ...[fewText(main), trust].filter((text) => text !== null),
    ...report.provenance["weights"] === true ? [WEIGHTS] : [],
    ...report.warnings.slice(0, WARNINGS_SHOWN_MAX).map(({ message }) => message),
  ];
  const more = report.warnings_total - Math.min(report.warnings.length, WARNINGS_SHOWN_MAX);
  return more > 0
    ? [...messages, `And ${counted(more, "more warning")}: see the report as JSON.`]
    : messages;
}

function Contents({ report }: { readonly report: ScoreReport }): JSX.Element {
  const { misses, subgroups, levels } = report;
  const parts: [id: string, text: string][] = [["breast-level", "Results by breast"]];
  if (levels.exam !== undefined) parts.push(["exam-level", "Results by exam"]);
  if (subgroups.length > 0) parts.push(["subgroups", "Subgroups"]);
  if (misses.positives.length + misses.negatives.length > 0) parts.push(["misses", "Misses"]);
  if (levels.image !== undefined) parts.push(["image-level", "Results by image"]);
  parts.push(["evaluated", "What was evaluated"], ["checklist", "For a publication"]);
  parts.push(["words", "Glossary"], ["record", "Record of the run"]);
  return (
    <nav class="contents" aria-label="Contents">
      <ol>
        {parts.map(([id, text]) => (
          <li>
            <a href={`#${id}`}>{text}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Download links, on the service only. Curves and samples are for those who may see the truth. */
function Files({ report, mayAccessTruth }: {
  readonly report: ScoreReport;
  readonly mayAccessTruth: boolean;
}): JSX.Element {
  const files = LEVELS.flatMap((level) => {
    const of = report.levels[level];
    if (of === undefined || of.count === 0 || !mayAccessTruth) return [];
    return [
      { text: `${level} level: curves, CSV`, href: of.plots.curves },
      { text: `${level} level: scores with the truth, CSV`, href: of.plots.samples },
    ];
  });
  return (
    <Section id="files" title="Files" kind="files">
      <p>
        For a PDF, print this page: the summary fits on one sheet. Every figure can be saved as SVG
        or PNG below it.{" "}
        <button class="plain print" type="button" hidden>PDF: print this page</button>
      </p>
      <ul>
        <li>
          <a href={`/v1/scores/${report.id}/table.doc`}>The main results as a table for Word</a>
        </li>
        <li>
          <a href={`/v1/scores/${report.id}/report.html`}>This report as one file</a>
        </li>
        {files.map(({ text, href }) => (
          <li>
            <a href={href}>{text}</a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
