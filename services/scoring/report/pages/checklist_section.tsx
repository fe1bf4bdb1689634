import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import { type Column, column, Section, Table } from "../../../../shared/pages/mod.ts";
import { type ChecklistItem, checklistItems } from "./checklist.ts";

const COLUMNS: readonly Column<ChecklistItem>[] = [
  column("head", "What", ({ topic }) => topic),
  column("text", "Answer", ({ answer }) => answer ?? <em>for the authors</em>),
  column("text", "Required by", ({ guideline }) => guideline),
];

/** Reporting checklist, filled in as far as known. */
export function ChecklistSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <Section id="checklist" title="For a publication">
      <p>
        Items of the guidelines STARD-AI and CLAIM, as far as mammoeval can fill them in. STARD
        numbers are those of STARD 2015, which STARD-AI extends.
      </p>
      <Table
        label="Reporting checklist"
        columns={COLUMNS}
        rows={checklistItems(report)}
        kind="answers"
        long
      />
    </Section>
  );
}
