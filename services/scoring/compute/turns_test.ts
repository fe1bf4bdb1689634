import assert from "node:assert/strict";
import { nextTurn, type Turn } from "./turns.ts";

function turn(user: string, isLarge = false, isHeavy = false): Turn {
  return { users: [user], isLarge, isHeavy };
}

/** Users in start order of their jobs, run one at a time. */
function order(waiting: Turn[]): string {
  const served = new Map<string, number>();
  const started: string[] = [];
  while (waiting.length > 0) {
    const next = nextTurn(waiting, [], 1, served)!;
    waiting.splice(waiting.indexOf(next), 1);
    const user = next.users[0]!;
    served.set(user, started.length);
    started.push(next.isLarge ? user.toUpperCase() : user);
  }
  return started.join("");
}

Deno.test("users take turns, however many jobs one of them has", () => {
  assert.equal(order([..."aaaabbc"].map((user) => turn(user))), "abcabaa");
});

Deno.test("of one user's jobs small ones come first, then the oldest", () => {
  assert.equal(order([turn("a", true), turn("a"), turn("b", true), turn("a")]), "aBaA");
});

Deno.test("large jobs leave a place to small ones, and whoever has less running comes first", () => {
  const served = new Map([["a", 0], ["b", 1]]);
  const small = turn("a");
  const large = turn("b", true);
  assert.equal(nextTurn([large], [turn("a", true)], 2, served), null);
  assert.equal(nextTurn([large, small], [turn("a", true)], 2, served), small);
  assert.equal(nextTurn([large], [turn("a", true)], 3, served), large);
  assert.equal(nextTurn([small, large], [turn("a")], 3, served), large);
  assert.equal(nextTurn([small], [turn("a"), turn("b")], 2, served), null);
  assert.equal(nextTurn([large], [], 1, served), large, "a single place takes both");
});

Deno.test("beside a heavy job there is one place, for small jobs; a heavy one that waits gets its turn", () => {
  const none = new Map<string, number>();
  const [heavy, large, small] = [turn("a", true, true), turn("b", true), turn("b")];
  assert.equal(nextTurn([heavy], [heavy], 8, none), null, "one heavy job at a time");
  assert.equal(nextTurn([large, small], [heavy], 8, none), small);
  assert.equal(nextTurn([small], [heavy, small], 8, none), null);
  assert.equal(nextTurn([heavy], [large], 8, none), null);
  assert.equal(nextTurn([heavy, large], [turn("c", true)], 8, none), null, "no further large one");
  assert.equal(nextTurn([heavy, small], [small, small], 8, none), null, "nor a third small one");
  assert.equal(nextTurn([heavy], [small], 8, none), heavy);
});

Deno.test("a job that several wait for comes when the first of them would have it", () => {
  const served = new Map([["bob", 1], ["mallory", 2]]);
  const [shared, other] = [{ ...turn("mallory"), users: ["mallory", "ann"] }, turn("bob")];
  assert.equal(nextTurn([other, turn("mallory")], [], 1, served), other);
  assert.equal(nextTurn([other, shared], [], 1, served), shared, "ann had no turn yet");
  assert.equal(nextTurn([other, shared], [turn("mallory")], 2, served), shared);
});
