import assert from "node:assert/strict";
import { readTable } from "../../shared/format/mod.ts";

const FOLDER = new URL("../golden/programme/", import.meta.url);

/** Reads a JSON file of the golden data. */
export function golden(file: string): unknown {
  return JSON.parse(Deno.readTextFileSync(new URL(file, FOLDER)));
}

/** Reads the rows of a CSV file of the golden data, by column. */
export function rowsOfGolden(file: string): Record<string, string>[] {
  const { columns, rows } = readTable(Deno.readTextFileSync(new URL(file, FOLDER)));
  return rows.map(({ cells }) =>
    Object.fromEntries(columns.map((column, at) => [column, cells[at]!]))
  );
}

/** Asserts that two numbers agree to 1e-9, relative from 1 on. */
export function near(ours: number | null, theirs: number, what = ""): void {
  const close = ours !== null && Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs));
  assert.ok(close, `${what}: ${ours} is not ${theirs}`);
}
