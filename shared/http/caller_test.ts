import assert from "node:assert/strict";
import { callerOf, LOCAL_CALLER, mayDo, type Role } from "./caller.ts";

Deno.test("each role may do what those before it may", () => {
  const may = (role: Role): boolean[] =>
    (["read", "submit", "admin"] as const).map((needed) => mayDo(role, needed));
  assert.deepEqual(may("read"), [true, false, false]);
  assert.deepEqual(may("submit"), [true, true, false]);
  assert.deepEqual(may("admin"), [true, true, true]);
});

Deno.test("the caller is who the gateway has written down, or the local one", () => {
  const of = (headers: Record<string, string>): ReturnType<typeof callerOf> =>
    callerOf(new Headers(headers));
  assert.deepEqual(of({ "x-mammoeval-user": "ada", "x-mammoeval-role": "read" }), {
    user: "ada",
    role: "read",
  });
  assert.equal(of({}), LOCAL_CALLER);
  assert.equal(of({ "x-mammoeval-user": "ada", "x-mammoeval-role": "king" }), LOCAL_CALLER);
});
