import assert from "node:assert/strict";
import fc from "fast-check";
import { PickleArray, PickleDtype, PickleGlobal, PickleObject, PickleTuple } from "./mod.ts";
import { PickleError, type PickleValue, readDataFrame, readPickle, readSeries } from "./mod.ts";

const GOLDEN = new URL("../../../tests/golden/pickle/", import.meta.url);

function array(shape: number[], ...numbers: number[]): PickleArray {
  const result = new PickleArray();
  result.shape = shape;
  result.dtype = new PickleDtype("u", 1);
  result.data = Uint8Array.from(numbers);
  return result;
}

function call(name: string, ...args: PickleValue[]): PickleObject {
  return new PickleObject(new PickleGlobal("pandas", name), new PickleTuple(args));
}

function index(...names: PickleValue[]): PickleObject {
  const data = new PickleArray();
  data.shape = [names.length];
  data.dtype = new PickleDtype("O", 8);
  data.data = names;
  return call("_new_Index", new PickleGlobal("pandas", "Index"), new Map([["data", data]]));
}

function slice(start: bigint, stop: bigint, step: bigint | null = 1n): PickleObject {
  return call("slice", start, stop, step);
}

function frame(names: PickleValue, ...blocks: PickleValue[]): PickleObject {
  const manager = call("BlockManager", new PickleTuple(blocks), [names, index()]);
  const result = call("DataFrame");
  result.state = new Map([["_mgr", manager]]);
  return result;
}

function block(values: PickleValue, placement: PickleValue): PickleObject {
  return call("_unpickle_block", values, placement, 2n);
}

Deno.test("readDataFrame: blocks fill the columns they are placed at", () => {
  const table = frame(
    index("a", "b", "c"),
    block(array([2, 2], 1, 2, 3, 4), slice(0n, 3n, 2n)),
    block(array([1, 2], 5, 6), array([1], 1)),
  );
  assert.deepStrictEqual(readDataFrame(table), {
    columns: ["a", "b", "c"],
    rows: [[1n, 5n, 3n], [2n, 6n, 4n]],
  });
});

Deno.test("readDataFrame: parts that do not fit together are refused", () => {
  const column = block(array([1, 2], 1, 2), slice(0n, 1n));
  const refused: [PickleValue, RegExp][] = [
    [[], /not a pandas DataFrame/],
    [call("DataFrame"), /data is missing/],
    [frame(index("a", "a"), column, block(array([1, 2], 1, 2), slice(1n, 2n))), /same name/],
    [frame(index("a"), column, block(array([1, 3], 1, 2, 3), slice(1n, 2n))), /differ in length/],
    [frame(index("a", "b"), column), /differ in number/],
    [frame(index("a", "b", "c"), column, block(array([1, 2], 1, 2), slice(2n, 3n))), /missing/],
    [frame(index("a"), block(array([1, 2], 1, 2), slice(10n ** 9n, 0n))), /impossible columns/],
    [frame(index("a"), block(array([1, 2], 1, 2), slice(-1n, 0n))), /impossible columns/],
    [frame(index("a"), block(array([1, 2], 1, 2), null)), /impossible columns/],
    [frame(index(null), column), /neither text nor number/],
    [frame(null, column), /index of it has an unknown type/],
    [frame(index("a"), block("x", slice(0n, 1n))), /not an array/],
    [frame(index("a"), block(call("SparseArray"), slice(0n, 1n))), /pandas\.SparseArray/],
    [frame(index("a"), null), /block of it is malformed/],
  ];
  for (const [value, message] of refused) {
    assert.throws(() => readDataFrame(value), { name: "SyntaxError", message });
  }
  assert.throws(() => readSeries(frame(index())), /not a pandas Series/);
});

Deno.test("readDataFrame: pickled tables with bytes changed are read or refused, never worse", () => {
  const files = ["table_4.pkl", "table_5.pkl", "table_2.pkl"].map((name) =>
    Deno.readFileSync(new URL(name, GOLDEN))
  );
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(255), (file, position, byte) => {
      const bytes = file.slice();
      bytes[position % bytes.length] = byte;
      try {
        readDataFrame(readPickle(bytes));
      } catch (error) {
        const expected = error instanceof PickleError || (error as Error).name === "SyntaxError";
        if (!expected) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
