import assert from "node:assert/strict";
import { evaluationOrder, type PrivateImage } from "../../../shared/contracts/evaluations.ts";
import { findModelOf, isPrivateName, mayKnow, pullRefusal, requestOf } from "./private_model.ts";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";

const ID = "0123456789abcdef".repeat(4);
const PRIVATE = { image: `sha256:${ID}`, level: "image", predict_path: "/opt/model" };
const COMMON = { experiment: "exp1", dataset: "sample" };
const NOWHERE = { find: () => Promise.reject(new Error("not asked")) };

Deno.test("a private image is a model with a name that tells nothing of it", async () => {
  const request = requestOf(evaluationOrder.parse({
    ...COMMON,
    model: { ...PRIVATE, image: `registry.hospital:5000/team/secret@sha256:${ID}` },
  }));
  assert.equal(request.model, "private-0123456789ab");
  assert.ok(isPrivateName(request.model) && !isPrivateName("private-view"));
  const lookup = await findModelOf(request, NOWHERE);
  assert.ok(lookup.ok);
  const { name, image, predictPath, devices, parameters, version } = lookup.model;
  assert.equal(name, "private-0123456789ab");
  assert.equal(image, `registry.hospital:5000/team/secret@sha256:${ID}`);
  assert.equal(predictPath, "/opt/model");
  assert.deepEqual([devices, parameters.size], [["gpu", "cpu"], 0]);
  assert.match(version, /^[0-9a-f]{64}$/);
  assert.notEqual(version, ID, "scores show the version, and the digest is all it takes to run it");
});

Deno.test("a model by name is left to the catalogue", async () => {
  const request = requestOf(evaluationOrder.parse({ ...COMMON, model: "toy" }));
  assert.equal(request.model, "toy");
  await assert.rejects(findModelOf(request, NOWHERE), /not asked/);
});

Deno.test("images without a digest, and paths that lead elsewhere, are refused", () => {
  const refused = [
    { image: "registry/name:latest" },
    { image: `sha256:${ID.slice(1)}` },
    { image: `-name@sha256:${ID}` },
    { predict_path: "relative" },
    { predict_path: "/a/../etc" },
    { predict_path: "/a b" },
    { predict_path: "/" },
    { devices: [] },
    { registry: "other" },
  ];
  for (const change of refused) {
    const order = { ...COMMON, model: { ...PRIVATE, ...change } };
    assert.equal(evaluationOrder.safeParse(order).success, false, JSON.stringify(change));
  }
  // A request cannot name a model and also pass a private image.
  const both = { ...COMMON, model: "toy", private_image: PRIVATE };
  assert.equal(evaluationOrder.safeParse(both).success, false);
});

Deno.test("pulling is for registries that the site names", () => {
  const image = (name: string): PrivateImage => ({
    ...PRIVATE,
    image: name,
    level: "image",
    views: [],
    devices: ["cpu"],
    read_only_root: false,
  });
  const pulled = image(`registry:5000/team/x@sha256:${ID}`);
  assert.equal(pullRefusal(image(`sha256:${ID}`), []), null);
  assert.equal(pullRefusal(pulled, ["registry:5000/team"]), null);
  assert.match(pullRefusal(pulled, [])!, /may be pulled from none/);
  assert.match(pullRefusal(pulled, ["registry:5000/tea"])!, /not registry:5000\/team\/x/);
});

Deno.test("others know nothing of a private image's evaluation", () => {
  const own = makeEvaluation({ user: "ada", request: makeRequest() });
  const hidden = {
    ...own,
    request: requestOf(evaluationOrder.parse({ ...COMMON, model: PRIVATE })),
  };
  const ada = { user: "ada", role: "submit" } as const;
  assert.ok(mayKnow(hidden, ada));
  assert.ok(mayKnow(hidden, { user: "root", role: "admin" }));
  assert.ok(!mayKnow(hidden, { user: "eve", role: "read" }));
  assert.ok(mayKnow(own, { user: "eve", role: "read" }));
  assert.ok(!mayKnow(own, { user: "eve", role: "submit" }));
});

Deno.test("an evaluation that was not blind is for those who may see the truth", () => {
  const open = makeEvaluation({ user: "ada", request: makeRequest({ blind: false }) });
  assert.ok(mayKnow(open, { user: "root", role: "admin" }));
  assert.ok(!mayKnow(open, { user: "eve", role: "read" }));
  assert.ok(!mayKnow(open, { user: "ada", role: "submit" }), "the admin's token is gone");
});
