import assert from "node:assert/strict";
import type { KeptWork } from "../ledger/ledger.ts";
import { createLatestWork, type LatestWork } from "./latest_work.ts";

type State = readonly string[];

/** Storage that outlives a process. */
function createShelf(): KeptWork<State> & { isFull: boolean } {
  const states = new Map<string, State>();
  return {
    isFull: false,
    get: (model) => states.get(model) ?? null,
    put(model, state): void {
      if (this.isFull) throw new Error("disk full");
      states.set(model, state);
    },
    all: () => [...states].map(([model, state]) => ({ model, state })),
  };
}

/** A keeper in a new process. */
function createKeeper(kept: KeptWork<State>, faults: unknown[] = []): LatestWork<State> {
  return createLatestWork<State>({
    kept,
    cutShort: (state) => state.at(-1) === "done" ? state : [...state, "cut short", "done"],
    onFault: (error) => faults.push(error),
  });
}

Deno.test("a second start joins the work that goes on", async () => {
  const latest = createKeeper(createShelf());
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const start = (): Promise<void> =>
    latest.start("toy", () => {
      begun += 1;
      return ["begun"];
    }, async ({ update }) => {
      await gate.promise;
      update((state) => [...state, "done"]);
    });
  const [first, second] = [start(), start()];
  assert.deepEqual(latest.get("toy"), ["begun"]);
  assert.equal(latest.get("other"), null);
  gate.resolve();
  await Promise.all([first, second]);
  assert.equal(begun, 1);
  assert.deepEqual(latest.get("toy"), ["begun", "done"]);
  await start();
  assert.equal(begun, 2);
});

Deno.test("the next process knows what came of it, and what was cut short", async () => {
  const shelf = createShelf();
  const latest = createKeeper(shelf);
  await latest.start("whole", () => ["begun"], ({ update }) => {
    update((state) => [...state, "done"]);
    return Promise.resolve();
  });
  const forever = new Promise<void>(() => {});
  void latest.start("half", () => ["begun"], ({ show, update }) => {
    update((state) => [...state, "written"]);
    show((state) => [...state, "shown"]);
    return forever;
  });
  assert.deepEqual(latest.get("half"), ["begun", "written", "shown"]);
  for (const next of [createKeeper(shelf), createKeeper(shelf)]) {
    assert.deepEqual(next.get("whole"), ["begun", "done"]);
    assert.deepEqual(next.get("half"), ["begun", "written", "cut short", "done"]);
  }
});

Deno.test("what cannot be written down is seen all the same", async () => {
  const shelf = createShelf();
  const faults: unknown[] = [];
  const latest = createKeeper(shelf, faults);
  await latest.start("toy", () => ["begun"], ({ update }) => {
    shelf.isFull = true;
    update((state) => [...state, "done"]);
    return Promise.resolve();
  });
  assert.deepEqual(latest.get("toy"), ["begun", "done"]);
  assert.equal(faults.length, 1);
});
