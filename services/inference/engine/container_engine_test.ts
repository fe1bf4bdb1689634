import assert from "node:assert/strict";
import { BOUNDS } from "../../../shared/contracts/doctor.ts";
import { limitsLacking } from "./container_engine.ts";

Deno.test("what an engine cannot bound is named, and what it does not tell is not", () => {
  assert.deepEqual(limitsLacking("true true true true\n"), []);
  assert.deepEqual(limitsLacking("false false false false\n"), [...BOUNDS]);
  assert.deepEqual(limitsLacking("true false true true"), ["swap"]);
  assert.deepEqual(limitsLacking(""), []);
});
