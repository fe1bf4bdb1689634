import assert from "node:assert/strict";
import type { Caller, Role } from "../../shared/http/mod.ts";
import { createSharedPlaces, type SharedPlaces } from "./shared_places.ts";

const caller = (user: string, role: Role = "submit"): Caller => ({ user, role });

/** Takes places until this caller gets no more. */
function takeAll(places: SharedPlaces, who: Caller, amount = 1): (() => void)[] {
  const taken: (() => void)[] = [];
  for (let next = places.take(who, amount); next !== null; next = places.take(who, amount)) {
    taken.push(next);
  }
  return taken;
}

Deno.test("createSharedPlaces: one user gets half of all, and what is given back can be taken again", () => {
  const places = createSharedPlaces(100, 0);
  const mine = takeAll(places, caller("ada"));
  assert.equal(mine.length, 50);
  mine[0]!();
  mine[0]!();
  assert.equal(takeAll(places, caller("ada")).length, 1, "giving back twice gives back once");
});

Deno.test("createSharedPlaces: when eight users take all that they get, a newcomer finds a place", () => {
  const places = createSharedPlaces(1000, 100);
  for (let count = 1; count <= 8; count++) {
    const taken = takeAll(places, caller(`greedy ${count}`));
    assert.ok(taken.length > 0, `user ${count} found none`);
    if (count > 1) continue;
    assert.equal(taken.length, 450);
  }
});

Deno.test("createSharedPlaces: the reserve is for admins, when all others hold what they can", () => {
  const places = createSharedPlaces(100, 20);
  for (let count = 0; count < 200; count++) takeAll(places, caller(`user ${count}`, "read"));
  assert.equal(places.take(caller("late")), null);
  assert.equal(takeAll(places, caller("owner", "admin")).length, 10);
});

Deno.test("createSharedPlaces: amounts count as so many places", () => {
  const places = createSharedPlaces(100, 0);
  assert.equal(takeAll(places, caller("ada"), 30).length, 1);
  assert.equal(places.take(caller("bob"), 40), null);
  assert.equal(takeAll(places, caller("bob"), 10).length, 3);
});
