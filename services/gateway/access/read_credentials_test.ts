import assert from "node:assert/strict";
import { readCredentials } from "./recognise.ts";

Deno.test("a token is read from bearer and basic", () => {
  assert.deepEqual(readCredentials("Bearer abc"), { kind: "bearer", token: "abc" });
  assert.deepEqual(readCredentials("bearer  abc "), { kind: "bearer", token: "abc" });
  const basic = (text: string): string => `Basic ${btoa(text)}`;
  assert.deepEqual(readCredentials(basic("ada:abc")), { kind: "basic", token: "abc" });
  assert.deepEqual(readCredentials(basic(":a:b")), { kind: "basic", token: "a:b" });
});

Deno.test("what says nothing of who asks is none, and what is broken is no token", () => {
  for (const header of [undefined, "", "Bearer", "Digest abc", "Bearer a b", "abc"]) {
    assert.deepEqual(readCredentials(header), { kind: "none" }, String(header));
  }
  assert.deepEqual(readCredentials("Basic !!!"), { kind: "basic", token: "" });
});
