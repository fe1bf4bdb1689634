import type { JSX } from "hono/jsx/jsx-runtime";
import type { ReaderStudyReport } from "../../../../shared/contracts/reader_studies.ts";
import {
  counted,
  countText,
  intervalText,
  metricText,
  momentText,
  RelatedLinks,
  Section,
} from "../../../../shared/pages/mod.ts";
import { studyClusterName, studyName } from "../names.ts";
import { DEFAULT_CONFIDENCE } from "../level_charts.ts";
import { Chart } from "./chart_figure.tsx";
import { fewText, PleaseNote } from "./please_note.tsx";
import { writeReport } from "./report_look.ts";
import { AgainstSection } from "./against_section.tsx";
import { HybridsSection } from "./hybrids_section.tsx";
import { verdictOf } from "./verdict.ts";
import { RatersSection } from "./raters_section.tsx";

export interface StudyPageData {
  readonly report: ReaderStudyReport;
  /** The ROC plot drawn when the study was scored; null if it is missing. */
  readonly roc: string | null;
  readonly mayDelete: boolean;
}

/** Writes the page of a reader study: readers and models on the same cases. */
export function writeStudyPage({ report, roc, mayDelete }: StudyPageData): string {
  const { id, readers, models } = report;
  const [rater] = [...models, ...readers];
  const few = fewText({ count: report.rows, positives: report.positives });
  const confidence = rater?.bootstrap?.confidence ?? DEFAULT_CONFIDENCE;
  return writeReport(
    `${studyName(report)} · mammoeval`,
    true,
    <article>
      <h1>{studyName(report)}</h1>
      <p class="byline">Reader study · scored {momentText(report.created_at)}</p>
      <RelatedLinks
        links={[
          { href: "/reader-studies", text: "All reader studies" },
          { href: `/v1/reader-studies/${id}`, text: "This study as JSON" },
          ...mayDelete ? [{ href: `/reader-studies/${id}/delete`, text: "Delete this study" }] : [],
        ]}
      />
      <p class="lead">{dataText(report)}</p>
      <Tiles report={report} />
      {few === null &&
        report.against_reader_mean.map((against) => (
          <p>{verdictText(against, confidence, models.length)}</p>
        ))}
      <PleaseNote
        messages={[...few === null ? [] : [few], ...report.warnings.map(({ message }) => message)]}
      />
      {roc !== null && (
        <Section id="curves" title="ROC curves">
          <Chart svg={roc} caption={captionOf(report)} wide="ROC curves of readers and models" />
        </Section>
      )}
      <RatersSection report={report} confidence={confidence} />
      <AgainstSection report={report} />
      <HybridsSection report={report} />
      <Section id="files" title="Files" kind="files">
        <ul>
          <li>
            <a href={report.plots.roc}>ROC plot, PNG</a>
          </li>
          <li>
            <a href={report.plots.roc_svg}>ROC plot, SVG</a>
          </li>
        </ul>
      </Section>
    </article>,
  );
}

function dataText({ rows, cases, positives, readers, models }: ReaderStudyReport): string {
  return `${counted(readers.length, "reader")} and ${counted(models.length, "model")} rated ` +
    `${counted(rows, "breast")} of ${counted(cases, "case")}, ${
      countText(positives)
    } of them malignant.`;
}

function Tiles({ report }: { readonly report: ReaderStudyReport }): JSX.Element {
  const { reader_mean, models } = report;
  return (
    <ul class="tiles">
      {reader_mean !== null && (
        <li>
          <span class="name">Readers, mean AUROC</span>
          <span class="value">
            {metricText(reader_mean.auroc.mean)}
          </span>
          <span class="more">
            {reader_mean.auroc.sd === null
              ? "one reader"
              : `± ${metricText(reader_mean.auroc.sd)} between readers`}
          </span>
        </li>
      )}
      {models.map(({ name, auroc: { value, ci_by_exam } }) => (
        <li>
          <span class="name">{name}, AUROC</span>
          <span class="value">{metricText(value)}</span>
          <span class="more">{intervalText(ci_by_exam)} by {studyClusterName(report)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Whether a claim about radiologists in general holds: tested for other readers and cases. */
function verdictText(
  { model, difference, readers_at_large: { ci, p_holm, undefined: reason } }:
    ReaderStudyReport["against_reader_mean"][number],
  confidence: number,
  pairs: number,
): string {
  const tested = { difference: difference.value, ci, p: p_holm, reason };
  return `AUROC of ${model} minus the readers’ mean (interval for other readers as well): ` +
    verdictOf(tested, confidence, [model, "The mean reader"], pairs);
}

function captionOf({ reader_threshold, readers }: ReaderStudyReport): string {
  const curves = "Lines: models. Dotted lines: readers, from all of their ratings.";
  if (reader_threshold === null || readers.length === 0) return curves;
  return `${curves} A point is a reader who recalls at ${reader_threshold} or above: a point below a model’s ` +
    "line means that the model would have found more cancers at the reader’s specificity.";
}
