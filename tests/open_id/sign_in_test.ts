import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import { openIdSettings, startOpenIdProvider } from "../support/open_id_provider.ts";
import { assembleAccess } from "../../services/gateway/access/assemble.ts";
import { CALLBACK_PATH } from "../../services/gateway/access/open_id.ts";
import { readSettings } from "../../shared/settings.ts";

/** A browser's cookies, by host; it follows no redirects by itself. */
class Jar {
  readonly cookies = new Map<string, Map<string, string>>();

  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const kept = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, kept);
    const headers = new Headers(init.headers);
    headers.set("cookie", [...kept].map((pair) => pair.join("=")).join("; "));
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (/; Max-Age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) kept.delete(name!);
      else kept.set(name!, value!);
    }
    return answer;
  }
}

/** Goes from the service to the provider, signs in and consents; returns the address that leads back. */
async function visitProvider(jar: Jar, service: string, user: string, next = "/"): Promise<string> {
  let url = `${service}/sign-in/oidc?${new URLSearchParams({ next })}`;
  for (let step = 0; step < 12; step++) {
    const answer = await jar.ask(url);
    const location = answer.headers.get("location");
    if (location === null) {
      const page = await answer.text();
      const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
      assert.ok(action, page);
      const prompt = page.includes('value="login"') ? "login" : "consent";
      const body = new URLSearchParams({ prompt, login: user, password: "any" });
      const posted = await jar.ask(action, { method: "POST", body });
      url = new URL(posted.headers.get("location")!, action).href;
      await posted.body?.cancel();
    } else {
      url = new URL(location, url).href;
      await answer.body?.cancel();
    }
    if (url.startsWith(`${service}${CALLBACK_PATH}`)) return url;
  }
  throw new Error(`no way back from ${url}`);
}

const CLAIMS = {
  ada: { groups: ["staff", "data-owners", "radiology"] },
  bob: { groups: ["staff"] },
  cyd: { groups: ["model=authors"] },
};

interface World {
  readonly service: ServiceUnderTest;
  readonly site: string;
}

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const site = `http://127.0.0.1:${freePort()}`;
  await using provider = await startOpenIdProvider(`${site}${CALLBACK_PATH}`, CLAIMS);
  await using service = await startEmbedded(openIdSettings(provider, site));
  await work({ service, site });
}

interface Entry {
  readonly user: string | null;
  readonly path: string;
  readonly status: number;
  readonly refusal: string | null;
}

async function auditOf({ service }: World): Promise<Entry[]> {
  const text = await Deno.readTextFile(join(service.home!, "access", "audit.jsonl"));
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

async function signIn(jar: Jar, { site }: World, user: string, next?: string): Promise<Response> {
  return await jar.ask(await visitProvider(jar, site, user, next));
}

async function statusOf(jar: Jar, url: string, init: RequestInit = {}): Promise<number> {
  const answer = await jar.ask(url, init);
  await answer.body?.cancel();
  return answer.status;
}

const OWN_PAGE = { "sec-fetch-site": "same-origin" };

Deno.test("people sign in at their organisation's provider, with the role of its claim, until they sign out", () =>
  withWorld(async (world) => {
    const { site } = world;
    const jar = new Jar();
    assert.equal(
      await statusOf(jar, `${site}/v1/datasets`),
      401,
      "not open, though there is no token",
    );
    const answer = await signIn(jar, world, "ada", "/datasets?limit=25");
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.equal(answer.headers.get("refresh"), "0; url=/datasets?limit=25");
    assert.match(await answer.text(), /signed in as ada/);
    assert.equal(await statusOf(jar, `${site}/v1/datasets`), 200);
    // From here on as with the session of a token: an admin's changes come from our own pages.
    const prune = { method: "POST", headers: OWN_PAGE };
    assert.equal(await statusOf(jar, `${site}/images/prune`, prune), 303);
    assert.equal(await statusOf(jar, `${site}/images/prune`, { method: "POST" }), 401);
    const foreign = { method: "POST", headers: { "sec-fetch-site": "cross-site" } };
    assert.equal(await statusOf(jar, `${site}/images/prune`, foreign), 403);
    const author = new Jar();
    await (await signIn(author, world, "cyd")).body?.cancel();
    assert.equal(await statusOf(author, `${site}/images/prune`, prune), 403, "an author's role");
    assert.equal(await statusOf(jar, `${site}/sign-out`, prune), 303);
    assert.equal(await statusOf(jar, `${site}/v1/datasets`), 401);
    const entries = await auditOf(world);
    assert.ok(
      entries.some(({ user, path, status, refusal }) =>
        user === "ada" && path === CALLBACK_PATH && status === 200 && refusal === null
      ),
    );
    assert.ok(entries.some(({ user, path }) => user === "ada" && path === "/images/prune"));
    assert.ok(!JSON.stringify(entries).includes("code="), "no code is written down");
  }));

Deno.test("who has no role is refused by name, and nobody gets in with another browser's answer", () =>
  withWorld(async (world) => {
    const { site } = world;
    const bob = new Jar();
    const refused = await signIn(bob, world, "bob");
    assert.equal(refused.status, 403);
    assert.match((await refused.json()).detail, /bob has no role/);
    assert.equal(await statusOf(bob, `${site}/v1/datasets`), 401);
    const [jar, other] = [new Jar(), new Jar()];
    const back = await visitProvider(jar, site, "ada");
    assert.equal(await statusOf(other, back), 401, "without a login of its own");
    await visitProvider(other, site, "cyd");
    assert.equal(await statusOf(other, back), 401, "with another login");
    assert.equal(await statusOf(jar, back), 200);
    assert.equal(await statusOf(jar, back), 401, "a second time");
    const tampered = new Jar();
    const url = new URL(await visitProvider(tampered, site, "ada"));
    const cookies = [...tampered.cookies.get(url.host)!];
    for (const [name, value] of cookies) {
      tampered.cookies.get(url.host)!.set(name, value.replace("%2F", "%2F%2Fevil.example"));
    }
    assert.equal(await statusOf(tampered, url.href), 401, "a changed cookie");
    const forged = new Jar();
    const right = new URL(await visitProvider(forged, site, "ada"));
    right.searchParams.set("code", "x".repeat(43));
    assert.equal(await statusOf(forged, right.href), 401, "a guessed code");
    const refusals = (await auditOf(world)).filter(({ path }) => path === CALLBACK_PATH)
      .map(({ user, status, refusal }) => [user, status, refusal]);
    assert.deepEqual(refusals, [
      ["bob", 403, "forbidden"],
      [null, 401, "unauthorized"],
      [null, 401, "unauthorized"],
      ["ada", 200, null],
      ...Array(3).fill([null, 401, "unauthorized"]),
    ]);
  }));

Deno.test("signing in elsewhere leads on to this site only, whatever host and address a request names", () =>
  withWorld(async (world) => {
    const nexts = ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:1"];
    for (const next of nexts) {
      const answer = await signIn(new Jar(), world, "ada", next);
      assert.equal(answer.headers.get("refresh"), "0; url=/", next);
      assert.doesNotMatch(await answer.text(), /evil/);
    }
    const begun = await new Jar().ask(`${world.site}/sign-in/oidc`, {
      headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    });
    const to = new URL(begun.headers.get("location")!);
    assert.equal(to.searchParams.get("redirect_uri"), `${world.site}${CALLBACK_PATH}`);
    assert.match(begun.headers.get("set-cookie")!, /; HttpOnly; Secure; SameSite=Lax$/);
    await begun.body?.cancel();
  }));

Deno.test("with a provider the gateway may listen on a network; half the settings are none", async () => {
  const home = await Deno.makeTempDir();
  try {
    const given: Record<string, string> = {
      MAMMOEVAL_HOME: home,
      MAMMOEVAL_HOST: "10.0.0.1",
      MAMMOEVAL_OIDC_ISSUER: "https://accounts.example.org/realm",
      MAMMOEVAL_OIDC_CLIENT_ID: "mammoeval",
      MAMMOEVAL_OIDC_SITE: "https://mammoeval.example.org",
      MAMMOEVAL_OIDC_ROLES: "radiology=read",
    };
    const settings = (over: Record<string, string>) =>
      readSettings((name) => ({ ...given, ...over })[name], PROJECT);
    await assembleAccess(settings({}));
    await assert.rejects(assembleAccess(settings({ MAMMOEVAL_OIDC_ISSUER: "" })), /no tokens/);
    for (
      const [name, value, message] of [
        ["CLIENT_ID", "", /CLIENT_ID/],
        ["ROLES", "", /ROLES/],
        ["ROLES", "radiology=owner", /read, submit, admin/],
        ["SITE", "", /SITE/],
        ["SITE", "https://mammoeval.example.org/path", /SITE/],
        ["ISSUER", "http://accounts.example.org", /https/],
      ] as const
    ) {
      assert.throws(() => settings({ [`MAMMOEVAL_OIDC_${name}`]: value }), message, name);
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
