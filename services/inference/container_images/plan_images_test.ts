import assert from "node:assert/strict";
import type { Model } from "../models/model_catalogue.ts";
import { declaredArguments, planImages } from "./plan_images.ts";
import { makeModel } from "../../../tests/support/inference/values.ts";

const SITE = { groupName: "group", usersText: "group,1\nuser,2\n", buildArgs: {} };
const BASE = {
  name: "torch_base",
  folder: "/models/torch_base",
  dockerfile: "ARG ACCELERATOR=cpu\nFROM x\n",
  buildVersion: "base",
};

function tagWith(model: Partial<Model>, site: Partial<typeof SITE> = {}): string {
  return planImages(makeModel(model), { ...SITE, ...site }).model.tag;
}

Deno.test("a tag is a name that Docker takes, and the version", () => {
  assert.match(tagWith({ name: "nyu_gmic" }), /^mammoeval\/nyu_gmic:[0-9a-f]{16}$/);
  assert.match(tagWith({ name: "My..Model_" }), /^mammoeval\/my-model:[0-9a-f]{16}$/);
});

Deno.test("what changes an image changes its tag, and nothing else does", () => {
  const dockerfile = "FROM x\nARG WEIGHTS\nCOPY users.txt /home/\n";
  const tag = tagWith({ dockerfile });
  assert.equal(tagWith({ dockerfile }), tag);
  assert.equal(tagWith({ dockerfile }, { buildArgs: { OTHER: "1" } } as never), tag);
  assert.notEqual(tagWith({ dockerfile }, { buildArgs: { WEIGHTS: "1" } } as never), tag);
  assert.notEqual(tagWith({ dockerfile }, { usersText: "group,1\nother,3\n" }), tag);
  assert.notEqual(tagWith({ dockerfile, buildVersion: "other" }), tag);
  assert.equal(
    tagWith({ dockerfile: "FROM x\n" }),
    tagWith({ dockerfile: "FROM x\n" }, { usersText: "" }),
  );
});

Deno.test("arguments go to the Dockerfiles that declare them, GROUPNAME to all models", () => {
  const site = { ...SITE, buildArgs: { ACCELERATOR: "cuda", WEIGHTS: "w" } };
  const { base, model } = planImages(
    makeModel({ base: BASE, dockerfile: "ARG BASE_IMAGE\nFROM $BASE_IMAGE\nARG WEIGHTS\n" }),
    site,
  );
  assert.deepEqual(base?.buildArgs, { ACCELERATOR: "cuda" });
  assert.deepEqual(model.buildArgs, { GROUPNAME: "group", WEIGHTS: "w", BASE_IMAGE: base?.tag });
});

Deno.test("a base built otherwise makes other model images", () => {
  const model = makeModel({ base: BASE, dockerfile: "ARG BASE_IMAGE\nFROM $BASE_IMAGE\n" });
  const cpu = planImages(model, { ...SITE, buildArgs: { ACCELERATOR: "cpu" } });
  const cuda = planImages(model, { ...SITE, buildArgs: { ACCELERATOR: "cuda" } });
  assert.notEqual(cpu.base?.tag, cuda.base?.tag);
  assert.notEqual(cpu.model.tag, cuda.model.tag);
});

Deno.test("declared arguments: several in one instruction, continued lines, another escape character", () => {
  const cases: [string, string[]][] = [
    ["ARG A=1 B=2 C\n", ["A", "B", "C"]],
    ["ARG A=\"x Y=1\" B='p Q=2'\n", ["A", "B"]],
    ["ARG A=1 \\\n  B=2 \\  \n\n  # C=3\n  D\nRUN E\n", ["A", "B", "D"]],
    ["RUN true \\\n  ARG A\nARG B\n", ["B"]],
    ["# escape=`\nARG A=C:\\\nARG B `\n C\n", ["A", "B", "C"]],
    ["# escape=`\r\nARG A `\r\n B\r\n", ["A", "B"]],
    ["\ufeffARG A\n", ["A"]],
    ["arg A\nfrom --platform=linux/amd64 x as one\nArg B\nFROM one\nARG B C=1\n", ["A", "B", "C"]],
    ["RUN <<EOF\nARG A\nEOF\nARG B\n", ["B"]],
    ["RUN <<-'ONE' cat && <<TWO cat\nARG A\n\tONE\nARG C\nTWO\nARG B\n", ["B"]],
    ["COPY <<EOF \\\n  /x\nARG A\nEOF\nARG B\n", ["B"]],
    ["RUN cat <<EOF\nno end\nARG A\n", []],
    ["RUN echo $((1 << 2))\nARG B\n", ["B"]],
  ];
  for (const [dockerfile, names] of cases) {
    assert.deepEqual([...declaredArguments(dockerfile)], names, dockerfile);
  }
});

Deno.test("proxies go to every build, and make another image only where they are declared", () => {
  const site = { ...SITE, buildArgs: { HTTPS_PROXY: "http://p:1", no_proxy: "a,b", OTHER: "1" } };
  const plain = planImages(makeModel({ base: BASE }), site);
  assert.deepEqual(plain.base?.buildArgs, { HTTPS_PROXY: "http://p:1", no_proxy: "a,b" });
  assert.equal(plain.model.buildArgs["HTTPS_PROXY"], "http://p:1");
  assert.equal(plain.model.tag, planImages(makeModel({ base: BASE }), SITE).model.tag);
  const declaring = makeModel({ dockerfile: "FROM x\nARG HTTPS_PROXY\n" });
  assert.notEqual(planImages(declaring, site).model.tag, planImages(declaring, SITE).model.tag);
});

Deno.test("declared arguments are found wherever they stand", () => {
  assert.deepEqual(
    declaredArguments("ARG ONE\nFROM x\n  arg TWO=2\nRUN echo ARG THREE\n"),
    new Set(["ONE", "TWO"]),
  );
});
