import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { DOCKER } from "../engine/container_engine.ts";
import { provideImage, unpulledImage } from "./docker_images.ts";
import type { ContainerImage, Outcome } from "../engine/executor.ts";
import { planImages } from "./plan_images.ts";
import { makeModel } from "../../../tests/support/inference/values.ts";

/** A docker stand-in. Files in `images` are its tags; it logs calls; `build` does what the test says. */
const STAND_IN = String.raw`#!/bin/bash
cd "$(dirname "$0")"
echo "$*" >>calls
case $1 in
  image) [ -e "images/$(basename "\${@: -1}")" ] && echo "sha256:feed 2030-01-01T00:00:00Z" ;;
  build)
    tag=$(basename "$(sed 's/.*--tag \([^ ]*\).*/\1/' <<<"$*")")
    if [ -e full ]; then echo "write /x: no space left on device" >&2; exit 1; fi
    if [ -e broken ]; then echo "no such package" >&2; exit 1; fi
    : >"images/$tag" ;;
  pull) : >"images/$(basename "$3")" ;;
esac`.replaceAll("\\$", "$");

/** Controls of the stand-in. */
interface Stage {
  readonly folder: string;
  provide(overrides?: Parameters<typeof makeModel>[0]): Promise<Outcome<ContainerImage>>;
  /** First words of the calls to the stand-in. */
  calls(): Promise<string[]>;
  makeRoom: () => Promise<number>;
  readonly lines: string[];
}

async function withDocker(test: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_docker_" });
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `${folder}${delimiter}${path}`);
  const lines: string[] = [];
  const stage: Stage = {
    folder,
    lines,
    makeRoom: () => Promise.resolve(0),
    provide: (overrides) =>
      provideImage(makeModel(overrides), {
        engine: DOCKER,
        contexts: {
          plan: (model) => planImages(model, { groupName: "group", usersText: "", buildArgs: {} }),
          createBase: () => Promise.resolve({ folder: "/context" }),
          create: () => Promise.resolve({ folder: "/context" }),
          remove: () => Promise.resolve(),
        },
        volume: "/volume",
        makeRoom: () => stage.makeRoom(),
        onLine: ({ text }) => void lines.push(text),
        signal: new AbortController().signal,
      }),
    async calls(): Promise<string[]> {
      const text = await Deno.readTextFile(join(folder, "calls"));
      return text.trim().split("\n").map((line) => line.split(" ")[0]!);
    },
  };
  try {
    await Deno.mkdir(join(folder, "images"));
    await Deno.writeTextFile(join(folder, "docker"), STAND_IN, { mode: 0o755 });
    await test(stage);
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
}

const BASE = {
  name: "ground",
  folder: "/models/ground",
  dockerfile: "FROM debian\n",
  buildVersion: "1",
};

Deno.test("an image is built once, its base before it", () =>
  withDocker(async (stage) => {
    const dockerfile = "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n";
    const first = await stage.provide({ base: BASE, dockerfile });
    assert.ok(first.ok);
    assert.match(first.value.tag, /^mammoeval\/toy:/);
    assert.deepEqual(await stage.calls(), ["image", "image", "build", "build", "image"]);
    const asked = await Deno.readTextFile(join(stage.folder, "calls"));
    assert.match(asked, /build .*--build-arg BASE_IMAGE=mammoeval\/ground:[0-9a-f]{16} /);
    await stage.provide({ base: BASE, dockerfile });
    assert.equal((await stage.calls()).filter((call) => call === "build").length, 2);
  }));

Deno.test("a build that finds the disk full is tried again once there is room", () =>
  withDocker(async (stage) => {
    await Deno.writeTextFile(join(stage.folder, "full"), "");
    stage.makeRoom = async () => {
      await Deno.remove(join(stage.folder, "full"));
      return 2;
    };
    assert.ok((await stage.provide()).ok);
    assert.ok(stage.lines.some((line) => line.includes("2 images that no model needs")));
  }));

Deno.test("a disk that stays full is said to be full, and nothing is tried again", () =>
  withDocker(async (stage) => {
    await Deno.writeTextFile(join(stage.folder, "full"), "");
    const outcome = await stage.provide();
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.type, "disk_full");
    assert.deepEqual(await stage.calls(), ["image", "build"]);
  }));

Deno.test("a build that fails otherwise says which, and makes no room", () =>
  withDocker(async (stage) => {
    await Deno.writeTextFile(join(stage.folder, "broken"), "");
    stage.makeRoom = () => Promise.reject(new Error("not asked"));
    const outcome = await stage.provide({ base: BASE });
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.type, "image_build_failed");
    assert.match(outcome.failure.message, /ground, which toy builds on, could not be built/);
  }));

Deno.test("a base image that cannot be pulled is named, whatever the builder", () => {
  const cuda = "nvidia/cuda:8.0-cudnn6-devel-ubuntu16.04";
  const step = `Step 1/30 : FROM ${cuda}\n`;
  const said: readonly (readonly [stdout: string, stderr: string, image: string])[] = [
    [
      "",
      `ERROR: failed to solve: ${cuda}: failed to resolve source metadata for docker.io/${cuda}: not found`,
      `docker.io/${cuda}`,
    ],
    [
      "",
      `#3 [internal] load metadata for docker.io/${cuda}\n#3 ERROR: failed to do request: no such host\n` +
      `------\n > [internal] load metadata for docker.io/${cuda}:\n------\n` +
      "ERROR: failed to solve: failed to create LLB definition: failed to do request: no such host",
      `docker.io/${cuda}`,
    ],
    [step, `manifest for ${cuda} not found: manifest unknown: manifest unknown`, cuda],
    [
      step,
      "pull access denied for team/x, repository does not exist or may require login",
      "team/x",
    ],
    [step, 'Get "https://registry/v2/": dial tcp: lookup registry: no such host', cuda],
    ["", `initializing source docker://${cuda}: pinging container registry: refused`, cuda],
    [step.replace("FROM", "from"), 'Get "https://registry/v2/": no such host', cuda],
    [step.replace("FROM", "FROM --platform=linux/arm64"), "Get /v2/: no such host", cuda],
    [
      `Step 1/3 : ARG CUDA=8.0\nStep 2/3 : ARG TEAM="team"\nStep 3/3 : FROM $TEAM/x:\${CUDA}\n`,
      "Get /v2/: no such host",
      "team/x:9.0",
    ],
    [
      `${step} ---> 0123\nStep 2/2 : COPY --from=${cuda} /x /x\n`,
      `invalid from flag value ${cuda}: Get "https://registry/v2/": no such host`,
      cuda,
    ],
    ["", buildkit(`FROM ${cuda}`), cuda],
    ["", buildkit(`[linux/arm64 internal] load metadata for ${cuda}`), cuda],
    [
      "",
      buildkit("resolve image config for docker.io/docker/dockerfile:1.4"),
      "docker.io/docker/dockerfile:1.4",
    ],
  ];
  for (const [stdout, stderr, image] of said) {
    const found = unpulledImage({ stdout, stderr }, { CUDA: "9.0" });
    assert.equal(found?.image, image, stderr);
    assert.ok(found.reason.length > 5 && stderr.endsWith(found.reason), found.reason);
  }
  const later = `${step} ---> 0123\nStep 2/30 : RUN false\n ---> Running in 4567\n`;
  assert.equal(unpulledImage({ stdout: later, stderr: "returned a non-zero code: 1" }), null);
  // What an instruction prints, or its own text, is not the builder's message.
  const text = "manifest for x not found: y";
  for (
    const stderr of [
      `${text}\nThe command '/bin/sh -c echo ${text}' returned a non-zero code: 3`,
      buildkit(`[2/2] RUN echo ${text}`, `executor failed running [/bin/sh -c echo ${text}]`),
      "ERROR: failed to solve: failed to compute cache key: /weights: not found",
      "",
    ]
  ) assert.equal(unpulledImage({ stdout: "", stderr }), null, stderr);
});

/** What BuildKit prints when a step fails. */
function buildkit(step: string, reason = "failed to do request: no such host"): string {
  return `#3 ${step}\n#3 ERROR: ${reason}\n------\n > ${step}:\n------\nERROR: failed to solve: ${reason}`;
}

Deno.test("a private image is pulled when the engine has it not, and keeps its origin to itself", () =>
  withDocker(async (stage) => {
    const image = `registry/team/x@sha256:${"0".repeat(64)}`;
    const outcome = await stage.provide({ name: "private-0", image });
    assert.deepEqual(outcome, {
      ok: true,
      value: { tag: "private-0", digest: "sha256:feed", builtAt: "2030-01-01T00:00:00Z" },
    });
    assert.deepEqual(await stage.calls(), ["image", "pull", "image"]);
  }));

Deno.test("a private image named by its id alone is never pulled", () =>
  withDocker(async (stage) => {
    const outcome = await stage.provide({ name: "private-0", image: `sha256:${"0".repeat(64)}` });
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.type, "image_missing");
    assert.deepEqual(await stage.calls(), ["image"]);
  }));
