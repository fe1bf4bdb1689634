import assert from "node:assert/strict";
import { trimEndOf } from "./trim_end_of.ts";

Deno.test("trimEndOf removes the named characters from the end alone", () => {
  assert.equal(trimEndOf("//a/b//", "/"), "//a/b");
  assert.equal(trimEndOf("a.-_", "._-"), "a");
  assert.equal(trimEndOf("\0 ", "\0 "), "");
  assert.equal(trimEndOf("", "/"), "");
});
