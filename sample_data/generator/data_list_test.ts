import assert from "node:assert/strict";
import { dataList, dataListCsv, dataListJson } from "./data_list.ts";
import { dataListPickle } from "./data_list_pickle.ts";

const FOLDER = new URL("../", import.meta.url);

Deno.test("the committed data lists are what the generator writes", async () => {
  assert.equal(await Deno.readTextFile(new URL("data.json", FOLDER)), dataListJson());
  assert.equal(await Deno.readTextFile(new URL("data.csv", FOLDER)), dataListCsv());
  assert.deepEqual(await Deno.readFile(new URL("data.pkl", FOLDER)), dataListPickle());
});

Deno.test("dataListPickle() writes protocol 4", () => {
  assert.deepEqual([...dataListPickle().subarray(0, 2)], [0x80, 4]);
});

Deno.test("dataList() names sixteen different images, each of which is there", async () => {
  const names = dataList().flatMap((exam) =>
    ["L-CC", "R-CC", "L-MLO", "R-MLO"].flatMap((view) => exam[view] as readonly string[])
  );
  assert.equal(new Set(names).size, 16);
  for (const name of names) await Deno.stat(new URL(`images/${name}.png`, FOLDER));
});
