import { createHash } from "node:crypto";
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { type Column, pageHeaders, Section, Table } from "../../../../shared/pages/mod.ts";
import { REPORT_LOOK } from "./report_look.ts";

/** Updates the slider's numbers without a request; without script the form does it. */
const SCRIPT = `
const form = document.querySelector("form.slider");
const rows = [...document.querySelectorAll("#points tbody tr")];
const show = () => {
  const row = rows[Math.min(rows.length - 1, Number(form.elements.at.value))];
  [...form.querySelectorAll("output")].forEach((output, at) => {
    output.textContent = row.cells[at].textContent.trim();
  });
};
if (form && rows.length > 0) form.elements.at.addEventListener("input", show);
`;
const SCRIPT_HASH = createHash("sha256").update(SCRIPT).digest("base64");

/** Headers of a page of the site with a slider: allow its own style, scripts, pictures and form. */
export const SLIDER_HEADERS: Readonly<Record<string, string>> = pageHeaders(
  `default-src 'none'; style-src '${REPORT_LOOK.styleHash}'; ` +
    `script-src 'self' 'sha256-${SCRIPT_HASH}'; img-src 'self'; base-uri 'none'; form-action 'self'`,
);

/** A form to try thresholds on a screen, with a table of all of them; it works without script. */
export function ThresholdSlider<Row>(props: {
  /** Path of the page, which gets the position as `at`. */
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** Position that was asked for; the middle for none. */
  readonly asked: string | undefined;
  readonly columns: readonly Column<Row>[];
  /** By rising threshold. */
  readonly rows: readonly Row[];
  /** Heading of the folded table. */
  readonly summary: string;
  /** Writes the result from the cells of a row. */
  readonly sentence: (cells: readonly JSX.Element[]) => Child;
  readonly children?: Child;
}): JSX.Element | null {
  const { action, hidden, columns, rows, summary, sentence, children } = props;
  if (rows.length === 0) return null;
  const last = rows.length - 1;
  const asked = Number(props.asked ?? Math.round(last / 2));
  const at = Number.isInteger(asked) ? Math.max(0, Math.min(last, asked)) : 0;
  return (
    <Section id="try" title="Try a threshold" kind="files">
      <form class="entry slider" method="get" action={`${action}#try`}>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {children}
        <label for="at">Threshold, from the lowest score to the highest</label>
        <input id="at" name="at" type="range" min="0" max={last} step="1" value={String(at)} />
        <p>{sentence(columns.map(({ cell }) => <output>{cell(rows[at]!)}</output>))}</p>
        <button type="submit">Show</button>
      </form>
      <details>
        <summary>{summary}</summary>
        <div id="points">
          <Table label="All thresholds" columns={columns} rows={rows} long />
        </div>
      </details>
      <script>{raw(SCRIPT)}</script>
    </Section>
  );
}
