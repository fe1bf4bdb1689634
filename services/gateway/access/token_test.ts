import assert from "node:assert/strict";
import fc from "fast-check";
import { findToken, makeToken, type TokenRecord } from "./token.ts";

const NOW = new Date("2030-01-01T00:00:00Z");

function token(expiresAt: Date | null = null): { text: string; record: TokenRecord } {
  return makeToken({ user: "ada", role: "submit", createdAt: NOW, expiresAt });
}

Deno.test("a token is recognised, and nothing that is kept is its secret", () => {
  const { text, record } = token();
  assert.match(text, /^mammoeval_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
  assert.equal(findToken(text, [token().record, record], NOW), record);
  assert.ok(!JSON.stringify(record).includes(text.split("_").slice(2).join("_")));
});

Deno.test("a token with any character changed is refused", () => {
  const { text, record } = token();
  fc.assert(fc.property(
    fc.integer({ min: 0, max: text.length - 1 }),
    fc.stringMatching(/^[A-Za-z0-9_-]$/),
    (at, letter) => {
      fc.pre(text[at] !== letter);
      // Also the last letter, two of whose bits have no meaning in base64url: texts are compared, not bytes.
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      const found = findToken(changed, [record], NOW);
      assert.ok(found === "malformed" || found === "unknown");
    },
  ));
});

Deno.test("a token of another id with the right secret is refused", () => {
  const [one, other] = [token(), token()];
  const mixed = one.text.slice(0, 23) + other.text.slice(23);
  assert.equal(findToken(mixed, [one.record, other.record], NOW), "unknown");
});

Deno.test("a token ends at its expiry, and at once when it is revoked", () => {
  const { text, record } = token(new Date(NOW.getTime() + 1000));
  assert.equal(findToken(text, [record], new Date(NOW.getTime() + 999)), record);
  assert.equal(findToken(text, [record], new Date(NOW.getTime() + 1000)), "expired");
  const revoked = { ...record, revoked_at: NOW.toISOString() };
  assert.equal(findToken(text, [revoked], NOW), "revoked");
});

Deno.test("what is no token is malformed", () => {
  for (const text of ["", "mammoeval_", "x".repeat(100_000), `${token().text}\n`, " "]) {
    assert.equal(findToken(text, [token().record], NOW), "malformed");
  }
});
