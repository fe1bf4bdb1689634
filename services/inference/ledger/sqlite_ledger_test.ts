import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { v7 as uuidv7 } from "uuid";
import type { Ledger } from "./ledger.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";

async function withLedger(test: (ledger: Ledger, path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  const path = join(folder, "ledger.sqlite");
  const ledger = openSqliteLedger(path);
  try {
    test(ledger, path);
  } finally {
    ledger.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what is written down is there again after the ledger was closed", () =>
  withLedger((_, path) => {
    const other = `${path}.other`;
    const first = openSqliteLedger(other);
    const evaluation = makeEvaluation({ provenance: { exams: 3 }, gpus: [1] });
    first.add(evaluation);
    first.close();
    const second = openSqliteLedger(other);
    assert.deepEqual(second.get(evaluation.id), evaluation);
    assert.equal(second.get("nobody"), null);
    second.close();
  }));

Deno.test("a change of state follows the state machine, counts the version, leaves an event", () =>
  withLedger((ledger) => {
    const { id } = makeEvaluation();
    ledger.add(makeEvaluation({ id }));
    assert.equal(ledger.change(id, "succeeded"), null, "there is no way from queued");
    const building = ledger.change(id, "building", { attempt: 1, gpus: [0] });
    assert.deepEqual([building?.status, building?.attempt, building?.version], ["building", 1, 2]);
    assert.equal(ledger.change(id, "building"), null, "somebody else was faster");
    ledger.update(id, { progress: { done: 2, total: 4, note: null } });
    ledger.change(id, "cancelled");
    assert.equal(ledger.update(id, { attempt: 9 }), null, "what has ended stays as it is");
    assert.equal(ledger.change("nobody", "building"), null);
    const events = ledger.events(id, 0);
    assert.deepEqual(events.map(({ type, data }) => [type, data["status"]]), [
      ["status", "queued"],
      ["status", "building"],
      ["progress", "building"],
      ["status", "cancelled"],
    ]);
    assert.deepEqual(ledger.events(id, events[2]!.sequence), events.slice(3));
  }));

Deno.test("new evaluations come after all earlier ones, also where the clock was set back", () =>
  withLedger((_, path) => {
    const other = `${path}.other`;
    const tomorrow = uuidv7({ msecs: Date.now() + 86_400_000 });
    const first = openSqliteLedger(other);
    first.add(makeEvaluation({ id: tomorrow }));
    first.close();
    const second = openSqliteLedger(other);
    const ids = Array.from({ length: 100 }, () => second.newId());
    assert.deepEqual([tomorrow, ...ids].toSorted(), [tomorrow, ...ids]);
    assert.equal(new Set(ids).size, ids.length);
    second.close();
  }));

/** Reads a list page by page. */
function pagesOf(ledger: Ledger, filter: Omit<Parameters<Ledger["list"]>[0], "limit">): string[] {
  const ids: string[] = [];
  for (let page = ledger.list({ ...filter, limit: 2 }); page.length > 0;) {
    ids.push(...page.map(({ id }) => id));
    page = ledger.list({ ...filter, limit: 2, after: ids.at(-1)! });
  }
  return ids;
}

Deno.test("every order has each evaluation once over its pages, equal ones newest first", () =>
  withLedger((ledger) => {
    const made = ["b", "a", "b", "c", "a", "b"].map((name, at) =>
      makeEvaluation({
        user: name,
        request: makeRequest({ model: name, dataset: name, experiment: name, parameters: { at } }),
      })
    );
    for (const evaluation of made) ledger.add(evaluation);
    for (const at of [1, 4]) ledger.change(made[at]!.id, "cancelled");
    const places = (filter: Parameters<typeof pagesOf>[1]): number[] =>
      pagesOf(ledger, filter).map((id) => made.findIndex((one) => one.id === id));
    assert.deepEqual(places({}), [5, 4, 3, 2, 1, 0]);
    assert.deepEqual(places({ sort: "oldest" }), [0, 1, 2, 3, 4, 5]);
    for (const sort of ["model", "dataset", "experiment", "user"] as const) {
      assert.deepEqual(places({ sort }), [4, 1, 5, 2, 0, 3], sort);
    }
    assert.deepEqual(places({ sort: "status" }), [4, 1, 5, 3, 2, 0]);
    assert.deepEqual(places({ search: '"AT":3' }), [3], "parameters, in any case");
    assert.deepEqual(places({ search: "%" }), [], "a text, not a pattern");
    assert.equal(ledger.count({ search: "a" }), 6, '"at" is in all parameters');
  }));

Deno.test("lists and counts leave out what a user may not know of", () =>
  withLedger((ledger) => {
    const private_image = {
      image: `sha256:${"0".repeat(64)}`,
      level: "breast" as const,
      predict_path: "/p",
      devices: ["cpu" as const],
      views: [],
      read_only_root: false,
    };
    for (const user of ["ada", "bo"]) {
      ledger.add(makeEvaluation({ user }));
      ledger.add(makeEvaluation({ user, request: makeRequest({ private_image }) }));
      ledger.add(makeEvaluation({ user, request: makeRequest({ blind: false }) }));
    }
    assert.equal(ledger.count({}), 6);
    assert.equal(ledger.count({ seenBy: "ada" }), 3);
    const shown = ledger.list({ seenBy: "ada", limit: 9 });
    assert.deepEqual(shown.map(({ user }) => user).sort(), ["ada", "ada", "bo"]);
  }));

Deno.test("lists come newest first, filtered, page by page", () =>
  withLedger((ledger) => {
    const made = ["a", "b", "a", "a"].map((model) =>
      makeEvaluation({ request: makeRequest({ model }) })
    );
    for (const evaluation of made) ledger.add(evaluation);
    ledger.change(made[3]!.id, "cancelled");
    const ids = (filter: Parameters<Ledger["list"]>[0]): string[] =>
      ledger.list(filter).map(({ id }) => id);
    const [first, , third, fourth] = made.map(({ id }) => id);
    assert.deepEqual(ids({ model: "a", limit: 2 }), [fourth, third]);
    assert.deepEqual(ids({ model: "a", limit: 2, after: third! }), [first]);
    assert.deepEqual(ids({ model: "a", status: "queued", limit: 9 }), [third, first]);
    assert.deepEqual(ids({ dataset: "other", limit: 9 }), []);
    assert.equal(ledger.count({ model: "a" }), 3, "on all pages");
    assert.deepEqual(ids({ model: "a' OR '1' = '1", limit: 9 }), []);
    assert.deepEqual(
      ledger.unfinished().map(({ id }) => id),
      made.slice(0, 3).map(({ id }) => id),
      "oldest first, without what has ended",
    );
  }));

Deno.test("watchers hear of every change of theirs and of no other, until they leave", () =>
  withLedger((ledger) => {
    const [one, two] = [makeEvaluation(), makeEvaluation()];
    ledger.add(one);
    ledger.add(two);
    let heard = 0;
    const leave = ledger.watch(one.id, () => heard += 1);
    ledger.watch(one.id, () => leave());
    ledger.change(two.id, "building");
    assert.equal(heard, 0);
    ledger.change(one.id, "building");
    assert.equal(heard, 1);
    ledger.change(one.id, "running");
    assert.equal(heard, 1, "it has left");
  }));

Deno.test("an evaluation and the answer for its key are kept together or not at all", () =>
  withLedger((ledger) => {
    const evaluation = makeEvaluation();
    const answer = { fingerprint: "f", evaluation: evaluation.id, body: "{}" };
    ledger.add(evaluation, { key: "k", answer });
    assert.deepEqual(ledger.keptAnswer("k"), answer);
    assert.equal(ledger.keptAnswer("other"), null);
    const second = makeEvaluation();
    assert.throws(() => ledger.add(second, { key: "k", answer }));
    assert.equal(ledger.get(second.id), null);
  }));

Deno.test("a second process is told that the volume is taken", () =>
  withLedger((_, path) => {
    assert.throws(() => openSqliteLedger(path), /another mammoeval uses this volume/);
  }));

Deno.test("a ledger of another version is refused, not guessed at", () =>
  withLedger((_, path) => {
    const other = `${path}.other`;
    const database = new DatabaseSync(other);
    database.exec("PRAGMA user_version = 99");
    database.close();
    assert.throws(() => openSqliteLedger(other), /its schema has version 99/);
  }));

Deno.test("a file that is no database is named", () =>
  withLedger((_, path) => {
    const other = `${path}.other`;
    Deno.writeTextFileSync(other, "this is no database ".repeat(100));
    assert.throws(() => openSqliteLedger(other), /Cannot open the ledger .*not a database/);
  }));

Deno.test("a name and notes are kept in every state, found by a search, and go with null", () =>
  withLedger((ledger) => {
    const { id } = makeEvaluation();
    ledger.add(makeEvaluation({ id }));
    const named = ledger.annotate(id, { name: "Baseline", notes: "Before the UPDATE" });
    assert.deepEqual([named?.name, named?.notes, named?.version], [
      ...["Baseline", "Before the UPDATE", 2],
    ]);
    ledger.change(id, "cancelled");
    assert.equal(ledger.annotate(id, { notes: null })?.name, "Baseline", "what is missing stays");
    assert.ok(!("notes" in ledger.get(id)!));
    assert.equal(ledger.count({ search: "baseline" }), 1);
    assert.equal(ledger.count({ search: "update" }), 0);
    assert.equal(ledger.annotate("nobody", { name: "x" }), null);
    assert.equal(ledger.events(id, 0).length, 2, "its followers hear of states alone");
  }));
