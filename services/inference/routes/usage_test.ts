import assert from "node:assert/strict";
import type { Use } from "../ledger/uses.ts";
import { usesShown } from "./usage.ts";

const HIDDEN = "private-0123456789ab";

function useOf(user: string, model: string): Use {
  return { user, model, model_version: `version of ${model}` } as Use;
}

const USES = [useOf("ada", HIDDEN), useOf("ada", "toy"), useOf("eve", "toy")];

Deno.test("usesShown: private images of others have no name and no version; one's own, and to an admin all, have", () => {
  for (const role of ["read", "submit"] as const) {
    const shown = usesShown(USES, { user: "eve", role });
    assert.deepEqual(shown.map(({ model }) => model), ["private", "toy", "toy"]);
    assert.ok(!JSON.stringify(shown).includes(HIDDEN), "not in any field");
  }
  assert.deepEqual(usesShown(USES, { user: "ada", role: "submit" }), USES);
  assert.deepEqual(usesShown(USES, { user: "owner", role: "admin" }), USES);
});

Deno.test("usesShown: nobody learns that there is a private image by asking for it", () => {
  const asked = [useOf("ada", HIDDEN)];
  assert.deepEqual(usesShown(asked, { user: "eve", role: "read" }, HIDDEN), []);
  assert.deepEqual(usesShown(asked, { user: "ada", role: "submit" }, HIDDEN), asked);
});
