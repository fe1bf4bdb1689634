import assert from "node:assert/strict";
import { Problem } from "../../../shared/http/mod.ts";
import type { OpenIdSettings } from "../../../shared/settings.ts";
import { createOpenIdProvider, personOf } from "./open_id.ts";

/** ID tokens of a provider that is broken on purpose; a real one signs people in in tests/open_id. */

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
} as const;

type Claims = Record<string, unknown>;
type Jwt = (claims: Claims) => Promise<string>;

function base64url(data: string | ArrayBuffer): string {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
}

async function signer(alg = "RS256"): Promise<{ jwk: JsonWebKey; sign: Jwt }> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  return {
    jwk: { ...await crypto.subtle.exportKey("jwk", publicKey), alg: "RS256", use: "sig" },
    sign: async (claims) => {
      const text = [{ alg }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
      const signature = await crypto.subtle.sign(
        RSA.name,
        privateKey,
        new TextEncoder().encode(text),
      );
      return `${text}.${alg === "none" ? "" : base64url(signature)}`;
    },
  };
}

const SETTINGS: Omit<OpenIdSettings, "issuer"> = {
  clientId: "mammoeval",
  clientSecret: null,
  site: "http://127.0.0.1:8000",
  roles: new Map([["radiology", "read"], ["owners", "admin"]]),
  roleClaim: "groups",
  userClaim: "sub",
  scopes: ["openid"],
  hosts: [],
};

/** Signs in once, at a provider that changes its claims, its signer, or what it says of itself. */
async function signInAt(
  change: (claims: Claims) => Claims,
  sign: Jwt,
  jwk: JsonWebKey,
  metadata: Claims = {},
): Promise<unknown> {
  let nonce = "";
  let issuer = "";
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (r) => {
      const { pathname } = new URL(r.url);
      if (pathname === "/jwks") return Response.json({ keys: [jwk] });
      if (pathname === "/token") {
        const now = Math.floor(Date.now() / 1000);
        const claims = {
          iss: issuer,
          aud: "mammoeval",
          sub: "ada",
          nonce,
          iat: now,
          exp: now + 60,
        };
        const id_token = await sign(change({ ...claims, groups: ["owners", "radiology", 7] }));
        return Response.json({ access_token: "x", token_type: "Bearer", id_token });
      }
      return Response.json({
        ...{ issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` },
        authorization_endpoint: `${issuer}/authorize`,
        ...metadata,
      });
    },
  );
  issuer = `http://127.0.0.1:${server.addr.port}`;
  const provider = createOpenIdProvider({ ...SETTINGS, issuer });
  const { url, login } = await provider.begin("/");
  nonce = login.nonce;
  assert.equal(url.searchParams.get("code_challenge_method"), "S256");
  assert.equal(url.searchParams.get("redirect_uri"), "http://127.0.0.1:8000/sign-in/oidc/callback");
  return await provider.finish(`?code=x&state=${login.state}`, login);
}

const typeOf = (type: string) => (error: unknown): boolean =>
  error instanceof Problem && error.type === type;

Deno.test("an ID token counts only if it is signed, current, and meant for this client and this sign-in", async (t) => {
  const { jwk, sign } = await signer();
  const same = (claims: Claims): Claims => claims;
  assert.deepEqual(await signInAt(same, sign, jwk), { user: "ada", role: "admin" });
  const now = Math.floor(Date.now() / 1000);
  const forged: Record<string, [(claims: Claims) => Claims, Jwt]> = {
    "another key": [same, (await signer()).sign],
    "no signature": [same, (await signer("none")).sign],
    "a symmetric algorithm": [same, (await signer("HS256")).sign],
    "another sign-in": [(claims) => ({ ...claims, nonce: "other" }), sign],
    "no nonce": [({ nonce: _, ...claims }) => claims, sign],
    "another client": [(claims) => ({ ...claims, aud: "other" }), sign],
    "another issuer": [(claims) => ({ ...claims, iss: "https://evil.example" }), sign],
    "expired": [(claims) => ({ ...claims, exp: now - 3600, iat: now - 7200 }), sign],
    "no subject": [({ sub: _, ...claims }) => claims, sign],
    "text": [same, () => Promise.resolve("no token")],
  };
  for (const [name, [change, by]] of Object.entries(forged)) {
    await t.step(name, () => assert.rejects(signInAt(change, by, jwk), typeOf("unauthorized")));
  }
  await t.step("a provider that calls itself otherwise is not asked", () =>
    assert.rejects(
      signInAt(same, sign, jwk, { issuer: "https://evil.example" }),
      typeOf("upstream_unavailable"),
    ));
});

Deno.test("an answer of another sign-in, or a refusal, signs nobody in", async () => {
  const { jwk, sign } = await signer();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const issuer = new URL(request.url).origin;
    return Response.json({
      ...{ issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token`, keys: [jwk] },
      authorization_endpoint: `${issuer}/authorize`,
    });
  });
  await using _closing = server;
  const issuer = `http://127.0.0.1:${server.addr.port}`;
  const provider = createOpenIdProvider({ ...SETTINGS, issuer });
  const { login } = await provider.begin("/");
  await assert.rejects(provider.finish("?code=x&state=other", login), typeOf("unauthorized"));
  const refused = `?error=access_denied&error_description=Call+us&state=${login.state}`;
  await assert.rejects(provider.finish(refused, login), (error: Error) => {
    assert.match(error.message, /access_denied/);
    assert.doesNotMatch(error.message, /Call us/, "nobody's text but ours is shown");
    return typeOf("unauthorized")(error);
  });
  assert.ok(sign);
});

Deno.test("a provider that is not there is asked again later", async () => {
  const port = ((): number => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return listener.addr.port;
  })();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = createOpenIdProvider({ ...SETTINGS, issuer });
  await assert.rejects(provider.begin("/"), typeOf("upstream_unavailable"));
  await using _server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    () => Response.json({ issuer, authorization_endpoint: `${issuer}/authorize` }),
  );
  assert.match((await provider.begin("/")).url.href, /\/authorize\?/);
});

Deno.test("claims name a person and the highest role, wherever they are", () => {
  const person = (claims: Claims, over: Partial<OpenIdSettings> = {}): unknown =>
    personOf(claims, { ...SETTINGS, ...over });
  assert.deepEqual(person({ sub: "ada", groups: ["radiology", "owners"] }), {
    ...{ user: "ada", role: "admin" },
  });
  assert.deepEqual(person({ sub: "ada", groups: "radiology" }), { user: "ada", role: "read" });
  for (const groups of [undefined, null, [], {}, ["other"], "owners,radiology", [["owners"]], 1]) {
    assert.deepEqual(person({ sub: "ada", groups }), { user: "ada", role: null }, String(groups));
  }
  const nested = { sub: "ada", realm_access: { roles: ["owners"] } };
  const claim = { roleClaim: "realm_access.roles" };
  assert.deepEqual(person(nested, claim), { user: "ada", role: "admin" });
  assert.deepEqual(person({ sub: "ada", "realm_access.roles": ["radiology"] }, claim), {
    ...{ user: "ada", role: "read" },
  });
  assert.deepEqual(person({ sub: "ada" }, { roleClaim: "constructor.name" }), {
    ...{ user: "ada", role: null },
  });
  for (const sub of [undefined, "", " ada", "a b", "a\nb", "ä", 7, "-a", "a/b", "a".repeat(200)]) {
    assert.throws(() => person({ sub, groups: "owners" }), typeOf("forbidden"), String(sub));
  }
  const email = { userClaim: "email" };
  const claims = { sub: "1", email: "ada@example.org", groups: "owners" };
  assert.throws(() => person(claims, email), typeOf("forbidden"));
  assert.throws(() => person({ ...claims, email_verified: "true" }, email), typeOf("forbidden"));
  assert.deepEqual(person({ ...claims, email_verified: true }, email), {
    ...{ user: "ada@example.org", role: "admin" },
  });
});
