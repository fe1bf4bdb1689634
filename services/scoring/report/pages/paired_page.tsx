import type { JSX } from "hono/jsx/jsx-runtime";
import {
  DECISION_MEASURES,
  type PairedDecisions,
  type PairedShares,
} from "../../../../shared/contracts/paired_decisions.ts";
import {
  coefficientInterval,
  type Column,
  column,
  confidenceText,
  counted,
  countText,
  examColumns,
  probabilityText,
  RelatedLinks,
  scoreText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { ForestPlots } from "./chart_figure.tsx";
import { decisionLinks } from "./decision_links.ts";
import { QueryForm } from "./query_form.tsx";
import { writeReport } from "./report_look.ts";

type Pair = PairedDecisions["comparisons"][number];

export interface PairedPageData {
  readonly score: string;
  readonly model: string | null;
  /** null before there is something to compare with. */
  readonly paired: PairedDecisions | null;
  /** Names of the second decision of each comparison. */
  readonly names: readonly string[];
  /** Name of the first decision of each comparison. */
  readonly first: string;
  /** Dataset of the exams; null if it is not registered. */
  readonly dataset: string | null;
  /** Ids and names of scores that this one can be compared with. */
  readonly others: readonly (readonly [id: string, name: string])[];
  readonly query: Readonly<Record<string, string>>;
}

/** Writes the page that compares a model's decisions with those of readers or of another model. */
export function writePairedPage(data: PairedPageData): string {
  const { score, paired, first, others, query } = data;
  return writeReport(
    "Paired decisions · mammoeval",
    true,
    <article>
      <h1>Decisions of {data.model ?? "uploaded scores"}, compared</h1>
      <RelatedLinks links={decisionLinks(score, "/paired-decisions")} />
      {paired === null
        ? <p class="lead">The exams have no reads: choose another score to compare with.</p>
        : <Compared {...data} paired={paired} first={first} />}
      <QueryForm
        action="/paired-decisions"
        title="Compare at other thresholds"
        hidden={{ score }}
        query={query}
        fields={[
          { name: "threshold", label: "Threshold" },
          {
            name: "other",
            label: "Also compare with",
            choices: [["", "no other score"], ...others],
          },
          { name: "other_threshold", label: "Threshold of the other score" },
          {
            name: "within_days",
            label: "Cancer means a cancer within days",
            hint: "empty for the labels of the list",
          },
          {
            name: "margin",
            label: "Margin of the sensitivity",
            hint: "how much worse the first may be, such as 0.05; fixed before the data are seen",
          },
        ]}
      />
    </article>,
  );
}

function Compared(
  { paired, names, first, dataset }: PairedPageData & { readonly paired: PairedDecisions },
): JSX.Element {
  const { comparisons, level, women, truth } = paired;
  const count = Math.max(...comparisons.map((one) => one.count));
  return (
    <>
      <p class="lead">
        {first} on {counted(count, level)}
        {women !== null && ` of ${counted(women, "woman", "women")}`}
        {truth !== null && `; cancer means a cancer within ${countText(truth.within_days)} days, ` +
            `${counted(truth.left_out, "exam")} left out`}.
      </p>
      <Section id="differences" title="Differences on the same women">
        <p class="note">
          The first less the second, with {confidenceText(paired.confidence)} intervals{" "}
          {women === null ? "by exam" : "by woman"}
          {paired.weighted && ", weighted"}. p values are corrected by Holm over the comparisons of
          a measure.
        </p>
        {(["sensitivity", "specificity"] as const).map((measure) => (
          <ForestPlots
            name={`Difference of ${measure}`}
            caption="Left of the dashed line the second decides better, right of it the first."
            metric={`Difference of ${measure}`}
            overall="difference"
            rows={comparisons.map((pair, at) => ({
              label: `${first} less ${names[at]}`,
              value: pair[measure].difference,
              ci: pair[measure].ci,
            }))}
          />
        ))}
        {comparisons.map((pair, at) => (
          <>
            <h3>{first} and {names[at]!}</h3>
            <Table
              label={`${first} and ${names[at]}`}
              columns={columnsOf(pair, names[at]!)}
              rows={DECISION_MEASURES}
            />
            {pair.left_out > 0 && (
              <p class="note">{counted(pair.left_out, "exam")} without both decisions left out.</p>
            )}
          </>
        ))}
      </Section>
      <Section id="discordant" title="Cancers that only one recalls">
        {comparisons.map((pair, at) => (
          <Discordant pair={pair} names={[first, names[at]!]} dataset={dataset} />
        ))}
      </Section>
    </>
  );
}

type MeasureName = typeof DECISION_MEASURES[number];

function columnsOf(pair: Pair, second: string): Column<MeasureName>[] {
  const cell = (
    of: (shares: PairedShares, per: number) => JSX.Element | string,
  ) =>
  (measure: MeasureName): JSX.Element | string =>
    of(pair[measure], measure === "detection_per_1000" ? 1 : 100);
  const number = (value: number | null, per: number): string =>
    value === null ? "—" : (value * per).toFixed(1).replace("-", "−");
  const columns: Column<MeasureName>[] = [
    column("head", "Measure", (measure) => NAMES[measure]),
    column("number", "Model", cell(({ first }, per) => number(first, per))),
    column("number", second, cell((shares, per) => number(shares.second, per))),
    column(
      "number",
      "Difference",
      cell(({ difference, ci }, per) => (
        <>
          {number(difference, per)}
          {ci !== null && <small>{coefficientInterval(ci, (limit) => number(limit, per))}</small>}
        </>
      )),
    ),
    column("number", "p, Holm", cell(({ p_holm: p }) => p === null ? "—" : probabilityText(p))),
    column(
      "number",
      "Only by one",
      cell(({ first_only, second_only }) =>
        `${countText(first_only)} to ${countText(second_only)}`
      ),
    ),
    column("number", "McNemar, mid p", cell(({ mcnemar }) => probabilityText(mcnemar.mid_p))),
  ];
  if (DECISION_MEASURES.every((measure) => pair[measure].non_inferiority === null)) return columns;
  return [
    ...columns,
    column(
      "text",
      "Not worse by the margin",
      cell(({ non_inferiority: of }) => {
        if (of === null) return "";
        return of.holds === null ? "undefined" : of.holds ? "shown" : "not shown";
      }),
    ),
  ];
}

const NAMES: Readonly<Record<MeasureName, string>> = {
  sensitivity: "Sensitivity, %",
  specificity: "Specificity, %",
  recall_rate: "Recall rate, %",
  detection_per_1000: "Found per 1,000",
};

/** Cancers in one table. */
const LISTED_MAX = 50;

function Discordant({ pair, names, dataset }: {
  readonly pair: Pair;
  readonly names: readonly [first: string, second: string];
  readonly dataset: string | null;
}): JSX.Element {
  const { discordant: all, discordant_total: total, sensitivity } = pair;
  const discordant = all.filter(({ malignant }) => malignant === 1).slice(0, LISTED_MAX);
  const cancers = sensitivity.first_only + sensitivity.second_only;
  const listed = discordant.length === cancers
    ? countText(cancers)
    : `${discordant.length} of ${countText(cancers)}`;
  const caption = `${names.join(" and ")}: ${listed} with cancer; they also differ on ` +
    `${counted(total - cancers, "exam")} without`;
  const columns: Column<typeof discordant[number]>[] = [
    ...examColumns(dataset, discordant),
    column("text", "Recalled by", (one) => names[one.first === 1 ? 0 : 1]),
    column("number", "Score", ({ score }) => scoreText(score)),
  ];
  return (
    <Table
      label={`Different decisions of ${names.join(" and ")}`}
      caption={caption}
      columns={columns}
      rows={discordant}
      long
      empty={<p>{caption}.</p>}
    />
  );
}
