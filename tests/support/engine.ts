import assert from "node:assert/strict";
import { missingForSmallVolume } from "./small_volume.ts";

/** The small image that tests run in: busybox and a real bash; `.ci/base_images.sh` makes it. */
export const TINY_IMAGE = "mammoeval-test/tiny:1";
/** Debian, for what needs its users and packages; made by the same script. */
export const DEBIAN_IMAGE = "debian:bookworm-slim";

/** Runs `docker` and gives what it wrote to standard output; fails the test when docker fails. */
export async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runDocker(args);
  assert.equal(code, 0, `docker ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** Runs `docker`, whatever comes of it. */
export async function runDocker(
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const output = await new Deno.Command("docker", { args, stdin: "null", env: environment })
      .output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    return { code: output.code, stdout: stdout!, stderr: stderr! };
  } catch (error) {
    return { code: 127, stdout: "", stderr: String(error) };
  }
}

/** Time that an engine may take to let go of images, in milliseconds: it removes containers by and by. */
const LET_GO_MS = 60_000;

/**
 * Removes all images that carry a label, those without a name too, that a build which broke off leaves, and waits
 * until they are gone.
 *
 * @param label `<name>=<value>`
 * @throws {Error} with the engine's reason, when one stays
 */
export async function removeImages(label: string): Promise<void> {
  const deadline = performance.now() + LET_GO_MS;
  const list = ["image", "ls", "--all", "--no-trunc", "--quiet", "--filter", `label=${label}`];
  while (true) {
    const ids = await docker(...list);
    if (ids === "") return;
    const reasons: string[] = [];
    // One by one: an image that others are built on is refused until they are gone.
    for (const id of new Set(ids.split("\n"))) {
      const { code, stderr } = await runDocker(["image", "rm", "--force", id]);
      if (code !== 0 && !/no such image/i.test(stderr)) reasons.push(stderr.trim());
    }
    if (performance.now() > deadline) {
      throw new Error(`Images with the label ${label} stay: ${reasons.join("; ")}`);
    }
    if (reasons.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What a container test needs besides an engine that answers. */
export interface EngineNeeds {
  /** Images that must be there already. */
  readonly images?: readonly string[];
  /** Whether the engine can give GPUs, real or pretended, to containers. */
  readonly gpus?: boolean;
  /** Whether the test starts an engine of its own, which only root can. */
  readonly ownEngine?: boolean;
  /** Whether the test mounts a small file system. */
  readonly smallVolume?: boolean;
  /** Whether the client has Compose v2. */
  readonly compose?: boolean;
}

/** Says what is missing for a container test, or null when it can run. */
async function missing(needs: EngineNeeds): Promise<string | null> {
  if ((await runDocker(["version", "--format", "{{.Server.Version}}"])).code !== 0) {
    return "no Docker engine answers";
  }
  for (const image of needs.images ?? [TINY_IMAGE]) {
    if ((await runDocker(["image", "inspect", image])).code !== 0) {
      return `there is no image ${image}: run .ci/base_images.sh or .ci/model_images.sh`;
    }
  }
  if (needs.compose && (await runDocker(["compose", "version"])).code !== 0) {
    return "the docker client has no Compose v2: run .ci/compose_plugins.sh";
  }
  if (needs.smallVolume) {
    const reason = await missingForSmallVolume();
    if (reason !== null) return reason;
  }
  if (needs.ownEngine && Deno.uid() !== 0) return "only root can start an engine";
  const probe = ["run", "--rm", "--network", "none", "--gpus", "device=0", TINY_IMAGE, "true"];
  if (needs.gpus && (await runDocker(probe)).code !== 0) {
    return "the engine gives no GPUs: run .ci/install_gpu_hook.sh before it starts";
  }
  return null;
}

/**
 * Registers a test that needs a Docker engine. Where something is missing it is ignored, never
 * passed; with `MAMMOEVAL_TEST_CONTAINERS=required` it fails and says what is missing.
 *
 * @param name of the test
 * @param test the test
 * @param needs what it needs besides an engine
 */
export async function engineTest(
  name: string,
  test: (t: Deno.TestContext) => Promise<void>,
  needs: EngineNeeds = {},
): Promise<void> {
  const reason = await missing(needs);
  const required = Deno.env.get("MAMMOEVAL_TEST_CONTAINERS") === "required";
  if (reason !== null && required) {
    Deno.test(name, () => assert.fail(`Container tests are required here, but ${reason}`));
    return;
  }
  Deno.test({ name, ignore: reason !== null, fn: test });
}
