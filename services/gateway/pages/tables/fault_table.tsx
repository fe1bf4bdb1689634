import type { JSX } from "hono/jsx/jsx-runtime";
import type { Fault } from "../../../../shared/domain/mod.ts";
import { type Column, column, countText, Table } from "../../../../shared/pages/mod.ts";

const COLUMNS: readonly Column<Fault>[] = [
  column("head", "Where", placeOf),
  column("text", "What", ({ message }) => message),
];

/** A table of faults in a data owner's input, with their places; nothing if there are none. */
export function FaultTable({ faults, total = faults.length, label = "Table of faults" }: {
  readonly faults: readonly Fault[];
  readonly total?: number;
  readonly label?: string;
}): JSX.Element | null {
  if (faults.length === 0) return null;
  return (
    <>
      <Table label={label} columns={COLUMNS} rows={faults} long />
      {total > faults.length && <p>{countText(total)} in all; the API has more of them.</p>}
    </>
  );
}

function placeOf({ exam, view, image, row, field }: Fault): string {
  const parts = [
    exam === null ? "" : `exam ${exam}`,
    view ?? "",
    image === null ? "" : image,
    row === undefined ? "" : `row ${row}`,
    field ?? "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "—" : parts.join(", ");
}
