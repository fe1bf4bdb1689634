import type { FaultParts } from "../domain/mod.ts";
import type { Table } from "./csv.ts";
import { told } from "./faults.ts";

/** How spreadsheets and pandas write a long number that they have rounded: `1.23457E+12`. */
const ROUNDED = /^\d(?:[.,]\d+)?E\+\d{2,3}$/i;

/** Whether a program has mistaken an identifier for a number and rounded it; the original is lost. */
export function isRoundedKey(key: string): boolean {
  return ROUNDED.test(key.trim());
}

/** Returns a fault for each rounded identifier, in row order; missing columns are ignored. */
export function roundedKeys(table: Table, columns: readonly string[]): FaultParts[] {
  const places = columns.map((name) => table.columns.indexOf(name)).filter((place) => place >= 0);
  return table.rows.flatMap(({ line, cells }) =>
    places.filter((place) => isRoundedKey(cells[place]!)).map((place) => {
      const field = table.columns[place]!;
      const message =
        `Line ${line}, column ${field} is ${told(cells[place]!)}: a spreadsheet has ` +
        "read it as a number and rounded it. Format the column as text and export it again";
      return { code: "key_rounded", message, row: line, field };
    })
  );
}
