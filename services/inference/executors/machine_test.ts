import assert from "node:assert/strict";
import { limitsLacking } from "./machine.ts";

Deno.test("what an engine cannot bound is named, and what it does not tell is not", () => {
  assert.deepEqual(limitsLacking("true true true\n"), []);
  assert.deepEqual(limitsLacking("false false false\n"), ["memory", "processes", "cores"]);
  assert.deepEqual(limitsLacking("true false true"), ["processes"]);
  assert.deepEqual(limitsLacking(""), []);
});
