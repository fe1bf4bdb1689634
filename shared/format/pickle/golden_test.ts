import assert from "node:assert/strict";
import { PickleArray, PickleTuple, type PickleValue } from "./mod.ts";
import { readDataFrame, readPickle, readSeries } from "./mod.ts";

const GOLDEN = new URL("../../../tests/golden/pickle/", import.meta.url);

/** Describes a value exactly, in the form of the golden manifests. */
function tagged(value: PickleValue): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value === "number") return { float: doubleHex(value) };
  if (value instanceof Uint8Array) return { bytes: value.toHex() };
  if (Array.isArray(value)) return value.map(tagged);
  if (value instanceof PickleTuple) return { tuple: value.items.map(tagged) };
  if (value instanceof Map) return { dict: [...value].map((entry) => entry.map(tagged)) };
  if (value instanceof Set) return { set: inOrder([...value].map(tagged)) };
  if (value instanceof PickleArray) return { array: [value.shape, value.values().map(tagged)] };
  throw new TypeError("no plain data");
}

function doubleHex(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes.toHex();
}

function inOrder(members: unknown[]): unknown[] {
  return members.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

/** A manifest's value with its sets in this file's order. */
function reordered(key: string, value: unknown): unknown {
  return key === "set" ? inOrder(value as unknown[]) : value;
}

for (const manifest of ["manifest.json", "manifest_python2.json"]) {
  const text = Deno.readTextFileSync(new URL(manifest, GOLDEN));
  const { files, versions, table } = JSON.parse(text, reordered);
  if (table !== undefined) testTables(table, versions);
  for (const { files: names, holds } of files) {
    for (const name of names) {
      Deno.test(`readPickle: ${name} of Python ${versions.python}`, () => {
        const value = readPickle(Deno.readFileSync(new URL(name, GOLDEN)));
        assert.deepStrictEqual(tagged(value), holds);
      });
    }
  }
}

function testTables(
  table: { readonly columns: string[]; readonly rows: unknown[][] },
  versions: Readonly<Record<string, string>>,
): void {
  for (const protocol of [2, 3, 4, 5]) {
    const read = (name: string): PickleValue =>
      readPickle(Deno.readFileSync(new URL(`${name}_${protocol}.pkl`, GOLDEN)));
    Deno.test(`readDataFrame: protocol ${protocol} of pandas ${versions["pandas"]}`, () => {
      const { columns, rows } = readDataFrame(read("table"));
      assert.deepStrictEqual(columns, table.columns);
      assert.deepStrictEqual(rows.map((row) => row.map(tagged)), table.rows);
      assert.deepStrictEqual(readDataFrame(read("table_numpy2")), { columns, rows });
      assert.deepStrictEqual(readDataFrame(read("table_unnamed")), {
        columns: ["0", "1"],
        rows: [[1n, 2.5], [3n, 4.5]],
      });
      assert.deepStrictEqual(readDataFrame(read("table_empty")), { columns, rows: [] });
      assert.deepStrictEqual(readSeries(read("series")), [0.25, NaN, 1e-300]);
    });
  }
}
