import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "../../client/mod.ts";
import { PROJECT } from "../support/embedded_service.ts";

/** What every object has. */
const CONSTRUCTOR = "constructor";

function methodsOf(object: object): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    .filter((name) => name !== CONSTRUCTOR);
}

Deno.test("the client's document lists its methods, all of them and no other", async () => {
  const text = await Deno.readTextFile(join(PROJECT, "docs/client.md"));
  const table = text.slice(text.indexOf("## All methods"));
  const rows = [...table.matchAll(/^\| `([\w.]+)` \| (.+) \|$/gm)].map(([, name, methods]) => [
    name!,
    [...methods!.matchAll(/`(\w+)`/g)].map(([, method]) => method!).toSorted(),
  ]);
  const site = connect({ url: "http://127.0.0.1:8000" });
  const { datasets, models, evaluations, scores, leaderboards, readerStudies } = site;
  const parts = { datasets, models, evaluations, scores, leaderboards, readerStudies };
  const expected = [
    ...Object.entries(parts).map(([name, part]) => [`site.${name}`, methodsOf(part).toSorted()]),
    ["site", methodsOf(site).toSorted()],
  ];
  assert.deepEqual(rows, expected);
});
