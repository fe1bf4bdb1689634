import assert from "node:assert/strict";
import fc from "fast-check";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";
import { queuePlace, turnOrder } from "./start_queued.ts";

function names(order: ReturnType<typeof turnOrder>): string {
  return order.map(({ user }) => user).join("");
}

function waiting(users: string, priority = 0): ReturnType<typeof makeEvaluation>[] {
  return [...users].map((user) => makeEvaluation({ user, request: makeRequest({ priority }) }));
}

Deno.test("users take turns, the oldest of each first", () => {
  const queue = waiting("aaaabbc");
  assert.equal(names(turnOrder(queue, new Map())), "abcabaa");
  const ofA = turnOrder(queue, new Map()).filter(({ user }) => user === "a");
  assert.deepEqual(ofA.map(({ id }) => id), queue.slice(0, 4).map(({ id }) => id));
});

Deno.test("who holds devices already comes after those who hold none", () => {
  assert.equal(names(turnOrder(waiting("aab"), new Map([["a", 1]]))), "baa");
});

Deno.test("priority is ignored", () => {
  assert.equal(names(turnOrder([...waiting("ab"), ...waiting("aa", 5)], new Map())), "abaa");
});

Deno.test("property: nobody is lost, and alone one's order is that of age", () => {
  const user = fc.constantFrom("a", "b", "c");
  fc.assert(fc.property(fc.array(user, { maxLength: 30 }), (users) => {
    const queue = waiting(users.join(""));
    const order = turnOrder(queue, new Map());
    assert.deepEqual(
      order.map(({ id }) => id).toSorted(),
      queue.map(({ id }) => id),
    );
    const mine = (list: readonly { user: string; id: string }[]): string[] =>
      list.filter((one) => one.user === "a").map(({ id }) => id);
    assert.deepEqual(mine(order), mine(queue));
  }));
});

Deno.test("the place in the queue is that in which evaluations would start, with the reason", () => {
  const [first, second, third] = waiting("aab") as [never, never, never];
  const running = { ...makeEvaluation({ user: "a" }), status: "running" as const };
  const queue = [first, second, third] as ReturnType<typeof waiting>;
  const deps = {
    ledger: {
      get: (id: string) => id === running.id ? running : null,
      queued: (device: string) => device === "cpu" ? queue : [],
    },
    runs: {
      has: () => false,
      ids: () => new Set([running.id]),
      holding: () => new Map([["a", 1]]),
    },
  };
  const places = queue.map((one) => queuePlace(one, true, deps)!);
  assert.deepEqual(places.map(({ place }) => place), [2, 3, 1]);
  assert.deepEqual(places.map(({ waiting, running }) => [waiting, running]), [[3, 1], [3, 1], [
    3,
    1,
  ]]);
  assert.match(places[0]!.reason, /others come first/);
  assert.match(places[2]!.reason, /every place for cpu is taken/);
  assert.match(queuePlace(queue[2]!, false, deps)!.reason, /restart/);
  assert.equal(queuePlace(running, true, deps), null, "it waits no more");
});
