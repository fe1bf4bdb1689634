import assert from "node:assert/strict";
import { missingForSmallVolume } from "./small_volume.ts";

/** The small image for tests: busybox and bash; `.ci/base_images.sh` builds it. */
export const TINY_IMAGE = "mammoeval-test/tiny:1";
/** Debian, for tests that need its users and packages; built by the same script. */
export const DEBIAN_IMAGE = "debian:bookworm-slim";

/** Runs `docker` and returns its standard output; fails the test if docker fails. */
export async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runDocker(args);
  assert.equal(code, 0, `docker ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** Runs `docker` and returns its result, even if it fails. */
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

/** Timeout of removing images, in milliseconds: the engine removes containers with a delay. */
const LET_GO_MS = 60_000;

/**
 * Removes all images with a label, including unnamed ones of interrupted builds, and waits until they are gone.
 *
 * @param label `<name>=<value>`
 * @throws {Error} with the engine's reason, if one remains
 */
export async function removeImages(label: string): Promise<void> {
  const deadline = performance.now() + LET_GO_MS;
  const list = ["image", "ls", "--all", "--no-trunc", "--quiet", "--filter", `label=${label}`];
  while (true) {
    const ids = await docker(...list);
    if (ids === "") return;
    const reasons: string[] = [];
    // One by one: an image cannot be removed while others build on it.
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

/** What a container test needs besides a running engine. */
export interface EngineNeeds {
  /** Images that must exist. */
  readonly images?: readonly string[];
  /** Whether the engine must offer GPUs, real or fake. */
  readonly gpus?: boolean;
  /** Whether the test starts its own engine, which needs root. */
  readonly ownEngine?: boolean;
  /** Whether the test mounts a small file system. */
  readonly smallVolume?: boolean;
  /** Whether the client needs Compose v2. */
  readonly compose?: boolean;
}

/** Returns what a container test lacks, or null. */
export async function missingForEngine(needs: EngineNeeds): Promise<string | null> {
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
 * Registers a test that needs a Docker engine. If something is missing, the test is ignored, never passed; with
 * `MAMMOEVAL_TEST_CONTAINERS=required` it fails with what is missing.
 */
export async function engineTest(
  name: string,
  test: (t: Deno.TestContext) => Promise<void>,
  needs: EngineNeeds = {},
): Promise<void> {
  const reason = await missingForEngine(needs);
  const required = Deno.env.get("MAMMOEVAL_TEST_CONTAINERS") === "required";
  if (reason !== null && required) {
    Deno.test(name, () => assert.fail(`Container tests are required here, but ${reason}`));
    return;
  }
  Deno.test({ name, ignore: reason !== null, fn: test });
}
