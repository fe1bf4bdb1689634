import assert from "node:assert/strict";
import { join } from "node:path";
import { curlWorks } from "../support/curl_blocks.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { DEBIAN_IMAGE, docker, engineTest, runDocker } from "../support/engine.ts";
import { CHECKED, pathsOfTree } from "./check_block.ts";
import { differenceFromOutput } from "./compare_output.ts";
import { type Block, readBlocks } from "./markdown.ts";
import { projectDocuments } from "./project_documents.ts";
import { closesNetworks, runSession } from "./session.ts";

/** Every fenced block of every document is run, looked at, or says why not. */

/** Kinds that are run without an engine, in the order of the document. */
const RUN = new Set([
  "service",
  "curl",
  "refused",
  "shell",
  "python",
  "typescript",
  "file",
  "offline",
]);
/** The kind that is run where a Docker engine answers. */
const ENGINE = "engine";
/** What the block before has printed. */
const OUTPUT = "output";
/** Kinds that need more than a service, and the tests that run them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  dicom: "tests/dicom/import_test.ts",
  dicom_key: "tests/dicom/import_test.ts",
  compose: "tests/contract/compose_test.ts",
};
/** How many blocks may do without a test. */
const UNTESTED_MAX = 5;
/** What documents must have brought about, besides running: told by what their blocks print. */
const SIGNS: Readonly<Record<string, readonly RegExp[]>> = {
  "README.md": [/"ci_by_exam":null/, /"seed":1/],
  "docs/data_owner.md": [
    /"id":"site-a".*"check":"header"/,
    /"id":"site-b".*"check":"pixels"/,
    /phantom_1/,
  ],
  "docs/scoring.md": [
    /"key":"age_band"/,
    /"key":"thickness_mm","source":"attributes","bins":\[50,60\]/,
    /"delong_by_exam"/,
    /"non_inferiority":\{"margin":0\.05/,
    /"ensemble":\{"method":"rank_mean"/,
    /"against_best":/,
  ],
};
/** The model that the guide for authors makes; its images are removed. */
const AUTHORS_MODEL = "my_model";

const hasPython = await Deno.stat("/usr/bin/python3").then(() => true, () => false);

const documents = await Promise.all(
  (await projectDocuments()).map(async (path) => ({
    path,
    blocks: readBlocks(await Deno.readTextFile(join(PROJECT, path))),
  })),
);

function label(path: string, { line, kind }: Block): string {
  return `${path}:${line} ${kind}`;
}

/** Runs blocks of a document, compares outputs that stand below them; gives all that was printed. */
async function runBlocks(
  t: Deno.TestContext,
  path: string,
  blocks: readonly Block[],
  run: readonly Block[],
  environment: Record<string, string> = {},
): Promise<string> {
  const ran = await runSession(run, environment);
  for (const [index, block] of run.entries()) {
    await t.step(label(path, block), () => {
      const { succeeded, stdout, stderr } = ran[index]!;
      assert.ok(succeeded, `${stderr}\n${stdout}\nin\n${block.text}`);
      if (block.kind === "refused") assert.match(stdout, /"status":[45]\d\d/);
      const next = blocks[blocks.indexOf(block) + 1];
      if (next?.kind !== OUTPUT) return;
      const difference = differenceFromOutput(next.text, stdout, next.language);
      assert.equal(difference, null, `${label(path, next)} ${difference}`);
    });
  }
  return ran.map(({ stdout }) => stdout).join("");
}

for (const { path, blocks } of documents) {
  const isClosed = blocks.some(({ kind }) => kind === "offline");
  const run = blocks.filter(({ kind }) => RUN.has(kind ?? ""));
  if (run.length > 0) {
    Deno.test({
      name: `${path}: its ${run.length} blocks do what it says`,
      ignore: !curlWorks || !hasPython || isClosed && !closesNetworks,
      async fn(t): Promise<void> {
        const said = await runBlocks(t, path, blocks, run);
        for (const sign of SIGNS[path] ?? []) assert.match(said, sign);
      },
    });
  }
  const engine = blocks.filter(({ kind }) => kind === ENGINE);
  if (engine.length > 0) {
    await engineTest(
      `${path}: its ${engine.length} blocks for an engine do what it says`,
      async (t) => {
        try {
          await runBlocks(t, path, blocks, engine, { MAMMOEVAL_EXECUTOR: "docker" });
        } finally {
          const images = await docker("image", "ls", "--quiet", `mammoeval/${AUTHORS_MODEL}`);
          if (images !== "") await runDocker(["image", "rm", "--force", ...images.split("\n")]);
        }
      },
      { images: [DEBIAN_IMAGE] },
    );
  }
}

Deno.test("documents: each block has a kind, and what is only looked at is right", async (t) => {
  for (const { path, blocks } of documents) {
    for (const [index, block] of blocks.entries()) {
      const kind = block.kind ?? "";
      if (RUN.has(kind) || kind === ENGINE) continue;
      await t.step(label(path, block), async () => {
        if (kind === OUTPUT) {
          const before = blocks[index - 1]?.kind ?? "";
          return assert.ok(RUN.has(before) || before === ENGINE, "nothing is run before it");
        }
        if (ELSEWHERE[kind] !== undefined) {
          const test = await Deno.readTextFile(join(PROJECT, ELSEWHERE[kind]));
          return assert.ok(test.includes(path), `${ELSEWHERE[kind]} does not run it`);
        }
        const check = CHECKED[kind];
        assert.ok(check !== undefined, "say above it how it is tested: <!-- test: … -->");
        await check(block);
      });
    }
  }
});

Deno.test("documents: few blocks go without a test", () => {
  const untested = documents.flatMap(({ path, blocks }) =>
    blocks.filter(({ kind }) => kind === "none")
      .map((block) => `${path}:${block.line} ${block.argument}`)
  );
  assert.ok(untested.length <= UNTESTED_MAX, untested.join("\n"));
});

Deno.test("a listing's lines are paths below those that they are indented under", () => {
  const listing = "models/<name>/\n  Dockerfile   builds\n  predict/\n    predict.sh\n  model.json";
  assert.deepEqual(pathsOfTree(listing), [
    "models/<name>",
    "models/<name>/Dockerfile",
    "models/<name>/predict",
    "models/<name>/predict/predict.sh",
    "models/<name>/model.json",
  ]);
});
