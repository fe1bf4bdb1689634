import assert from "node:assert/strict";
import { join } from "node:path";
import { addToken, type Bearer } from "../../../tests/support/add_token.ts";
import {
  PROJECT,
  type ServiceUnderTest,
  startEmbedded,
} from "../../../tests/support/embedded_service.ts";
import { registerSample } from "../../../tests/support/evaluations.ts";
import { sendJson } from "../../../tests/support/http.ts";

const BROWSER = { accept: "text/html", "sec-fetch-site": "same-origin" };

function ask(
  { url }: ServiceUnderTest,
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url + path, {
    redirect: "manual",
    ...init,
    headers: { ...BROWSER, ...init.headers },
  });
}

Deno.test("the page of a model: what it is, forms for whoever may, the folder's fault where there is one", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "broken"));
    await Deno.writeTextFile(join(root, "broken", "Dockerfile"), "FROM nothing\n");
    const own = join(root, "nyu_gmic");
    await Deno.mkdir(join(own, "predict"), { recursive: true });
    for (const file of ["Dockerfile", "config.txt", "predict/predict.sh"]) {
      await Deno.copyFile(join(PROJECT, "models/nyu_gmic", file), join(own, file));
    }
    await using service = await startEmbedded({ MAMMOEVAL_MODELS: root });
    await registerSample(service.url);
    const html = await (await ask(service, "/models/reference")).text();
    assert.match(html, /<code>ASYMMETRY_WEIGHT<\/code>/);
    assert.match(html, /href="\/evaluations\/new\?model=reference"/);
    assert.match(html, /action="\/models\/reference\/build"/);
    assert.match(html, /This model has not been checked yet/);
    const list = await (await ask(service, "/models")).text();
    assert.ok(list.includes(`<code>${own}</code><small>instead of ${join(PROJECT, "models")}`));
    assert.ok((await (await ask(service, "/models/nyu_gmic")).text()).includes(own));
    const { hides } = await (await ask(service, "/v1/models/nyu_gmic")).json();
    assert.deepEqual(hides, [join(PROJECT, "models/nyu_gmic")]);
    const { models } = await (await ask(service, "/v1/doctor")).json();
    assert.deepEqual(models.overriding, [{ name: "nyu_gmic", folder: own, hides }]);
    assert.match(list, /1 model folder cannot be used/);
    assert.match(list, /href="\/models\/broken"/);
    const broken = await (await ask(service, "/models/broken")).text();
    assert.match(broken, /The model folder has faults/);
    assert.match(broken, /action="\/models\/broken\/check"/);
    assert.equal((await ask(service, "/models/none")).status, 404);
    const body = new URLSearchParams({ dataset: "sample" });
    const taken = await ask(service, "/models/broken/check", { method: "POST", body });
    assert.deepEqual([taken.status, taken.headers.get("location")], [303, "/models/broken#check"]);
    await sendJson(`${service.url}/v1/models/broken/check`, "POST", { dataset: "sample" }, {
      prefer: "wait=60",
    });
    const checked = await (await ask(service, "/models/broken")).text();
    assert.match(checked, /class="state bad">failed/);
    const foreign = await ask(service, "/models/reference/build", {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site" },
    });
    assert.equal(foreign.status, 403);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a model author sees models and may not have them built; a private one is its owner's", async () => {
  await using service = await startEmbedded();
  await registerSample(service.url);
  const people: Record<string, Bearer> = {
    ada: await addToken(service, "ada", "submit"),
    bob: await addToken(service, "bob", "submit"),
    chris: await addToken(service, "chris", "admin"),
    dora: await addToken(service, "dora", "read"),
  };
  const html = await (await ask(service, "/models/reference", { headers: people["ada"]! })).text();
  assert.doesNotMatch(html, /<form/);
  const refused = await ask(service, "/models/reference/build", {
    method: "POST",
    headers: people["ada"]!,
  });
  assert.equal(refused.status, 403);
  const { body } = await sendJson(`${service.url}/v1/evaluations`, "POST", {
    model: { image: `sha256:${"a".repeat(64)}`, level: "breast", predict_path: "/opt/model" },
    experiment: "exp1",
    dataset: "sample",
  }, people["ada"]);
  const page = `/models/${body.model}`;
  for (const [who, status] of Object.entries({ ada: 200, chris: 200, bob: 404, dora: 404 })) {
    const answer = await ask(service, page, { headers: people[who]! });
    assert.equal(answer.status, status, who);
    assert.equal((await answer.text()).includes("/opt/model"), status === 200, who);
  }
});
