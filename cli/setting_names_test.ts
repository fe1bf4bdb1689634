import assert from "node:assert/strict";
import { unknownSettings } from "./setting_names.ts";

Deno.test("unknownSettings: a name that is nearly a setting is refused with that name", () => {
  const cases: [string, string][] = [
    ["MAMMOEVAL_PROT", "MAMMOEVAL_PORT"],
    ["MAMMOEVAL_GPU", "MAMMOEVAL_GPUS"],
    ["MAMMOEVAL_HOEM", "MAMMOEVAL_HOME"],
    ["MAMMOEVAL_MEMROY", "MAMMOEVAL_MEMORY"],
    ["MAMMOEVAL_DATAROOTS", "MAMMOEVAL_DATA_ROOTS"],
    ["MAMMOEVAL_TOKENS", "MAMMOEVAL_TOKEN"],
    ["MAMMOEVAL_port", "MAMMOEVAL_PORT"],
  ];
  for (const [name, meant] of cases) {
    assert.throws(
      () => unknownSettings([name]),
      (error: Error) =>
        error instanceof RangeError && error.message.includes(`no ${name}; did you mean ${meant}?`),
    );
  }
});

Deno.test("unknownSettings: others are told; compose and tests have names of their own", () => {
  const names = ["PATH", "MAMMOEVAL_PORT", "MAMMOEVAL_URL", "MAMMOEVAL_DATA", "MAMMOEVAL_USER"];
  assert.deepEqual(unknownSettings([...names, "MAMMOEVAL_TEST_CONTAINERS"]), []);
  assert.deepEqual(unknownSettings(["MAMMOEVAL_FAVOURITE_COLOUR"]), ["MAMMOEVAL_FAVOURITE_COLOUR"]);
});
