import type { JSX } from "hono/jsx/jsx-runtime";
import type { ReaderStudyReport } from "../../../../shared/contracts/reader_studies.ts";
import { studyClusterName } from "../names.ts";
import {
  coefficientInterval,
  type Column,
  column,
  probabilityText,
  Section,
  signedMetricText,
  Table,
} from "../../../../shared/pages/mod.ts";

type AgainstMean = ReaderStudyReport["against_reader_mean"][number];
type AgainstReader = ReaderStudyReport["against_readers"][number];
interface Tested {
  readonly ci: readonly [number, number] | null;
  readonly p_holm: number | null;
  readonly undefined: string | null;
}

const MEAN_COLUMNS: readonly Column<AgainstMean>[] = [
  column("head", "Model", ({ model }) => model),
  column(
    "number",
    "AUROC minus the readers’ mean",
    ({ difference }) => valueText(difference.value),
  ),
  column("number", "These readers", ({ these_readers }) => intervalOf(these_readers)),
  column("number", "p (Holm)", ({ these_readers }) => pText(these_readers)),
  column("number", "Readers at large", ({ readers_at_large }) => intervalOf(readers_at_large)),
  column("number", "p (Holm)", ({ readers_at_large }) => pText(readers_at_large)),
];

const READER_COLUMNS: readonly Column<AgainstReader>[] = [
  column("head", "Model", ({ model }) => model),
  column("text", "Reader", ({ reader }) => reader),
  column("number", "AUROC minus the reader’s", ({ difference }) => valueText(difference.value)),
  column("number", "Interval", (test) => intervalOf(test)),
  column("number", "p (Holm)", (test) => pText(test)),
];

/** Compares each model with the readers, as a group and one by one. */
export function AgainstSection(
  { report }: { readonly report: ReaderStudyReport },
): JSX.Element | null {
  const { against_reader_mean, against_readers } = report;
  if (against_readers.length === 0) return null;
  return (
    <Section id="against" title="Models against readers">
      <h3>Against the mean of the readers</h3>
      <p>
        Above 0 the model does better. “These readers” says what would happen with other cases and
        the same readers; “readers at large” also with other readers, which is what a claim about
        radiologists needs (Obuchowski and Rockette, with Hillis’s degrees of freedom).
      </p>
      <Table
        label="Models against the mean of the readers"
        columns={MEAN_COLUMNS}
        rows={against_reader_mean}
      />
      <h3>Against each reader</h3>
      <Table
        label="Models against each reader"
        columns={READER_COLUMNS}
        rows={against_readers}
        long
      />
      <p class="note">
        DeLong’s test with the breasts of a {studyClusterName(report)}{" "}
        taken together; p values are corrected by Holm for the number of pairs of their table.
      </p>
    </Section>
  );
}

/** Formats a difference with sign and three decimals, or says that there is none. */
export function valueText(difference: number | null): string {
  return difference === null ? "undefined" : signedMetricText(difference);
}

export function intervalOf({ ci, undefined: reason }: Tested): JSX.Element {
  return ci === null && reason !== null
    ? <small>{reason}</small>
    : <>{coefficientInterval(ci, signedMetricText)}</>;
}

/** Formats the corrected p value, or an em dash. */
export function pText({ p_holm }: Tested): string {
  return p_holm === null ? "—" : probabilityText(p_holm);
}
