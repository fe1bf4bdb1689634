import assert from "node:assert/strict";
import { makeFirstToken } from "./first_token.ts";
import { findToken, type TokenRecord } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

const NOW = new Date("2030-01-01T00:00:00Z");

function emptyStore(): TokenStore & { readonly records: TokenRecord[] } {
  const records: TokenRecord[] = [];
  return {
    records,
    all: () => Promise.resolve(records),
    add: (record) => Promise.resolve(void records.push(record)),
    revoke: () => Promise.resolve(null),
  };
}

Deno.test("a gateway that others reach gets one token, an admin's, and is shown it once", async () => {
  const store = emptyStore();
  const text = await makeFirstToken(store, ["10.0.0.1"], NOW);
  assert.ok(text !== null);
  const found = findToken(text, store.records, NOW);
  assert.ok(typeof found === "object");
  assert.deepEqual([found.user, found.role, found.expires_at], ["admin", "admin", null]);
  assert.equal(await makeFirstToken(store, ["10.0.0.1"], NOW), null);
  assert.equal(store.records.length, 1);
});

Deno.test("a gateway that only its own machine reaches gets none", async () => {
  const store = emptyStore();
  assert.equal(await makeFirstToken(store, [], NOW), null);
  assert.deepEqual(store.records, []);
});
