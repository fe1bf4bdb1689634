import type { JSX } from "hono/jsx/jsx-runtime";
import type { HorizonReport, ScoreReport } from "../../../../shared/contracts/scores.ts";
import {
  column,
  countText,
  FactTable,
  intervalText,
  metricText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { factsOf } from "./facts.ts";

const HORIZON_COLUMNS = [
  column<HorizonReport>("head", "Horizon", ({ within_days }) => `${countText(within_days)} days`),
  column<HorizonReport>("number", "Positive exams", ({ positives }) => countText(positives)),
  column<HorizonReport>("number", "Negative exams", ({ negatives }) => countText(negatives)),
  column<HorizonReport>("number", "Left out", ({ left_out }) => countText(left_out)),
  column<HorizonReport>("number", "AUROC by exam", ({ levels: { exam, breast } }) => {
    const { value, ci_delong_by_exam } = (exam ?? breast).auroc;
    return `${metricText(value)} (${intervalText(ci_delong_by_exam)})`;
  }),
];

/** Facts that a reader of the results needs; the others are in the record of the run. */
const READ: ReadonlySet<string> = new Set([
  ...["Model", "Model version", "Model parameters", "Labels hidden from the model"],
  ...["Dataset", "Experiment", "Intervals", "Scored"],
]);

function Facts({ report, label, read }: {
  readonly report: ScoreReport;
  readonly label: string;
  readonly read: boolean;
}): JSX.Element {
  const facts = factsOf(report).filter(({ name }) => READ.has(name) === read);
  return (
    <FactTable
      label={label}
      facts={facts.map(({ name, value, code }) => [name, code ? <code>{value}</code> : value])}
    />
  );
}

/** Settings and identifiers of the run, to repeat it. */
export function RecordSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <Section id="record" title="Record of the run">
      <Facts report={report} label="Settings and identifiers" read={false} />
    </Section>
  );
}

/** Which model was evaluated on which data. */
export function EvaluatedSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <Section id="evaluated" title="What was evaluated">
      <Facts report={report} label="Model and data" read />
      <Table
        label="Horizons"
        caption="AUROC by horizon: positive is a cancer within the days, negative is so long a follow-up without one. The first row labels this report."
        columns={HORIZON_COLUMNS}
        rows={report.horizons ?? []}
      />
    </Section>
  );
}
