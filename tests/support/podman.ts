import assert from "node:assert/strict";
import { join } from "node:path";
import { run, startUserSite, type UserSite } from "./apptainer.ts";
import { docker, type EngineNeeds, engineTest, TINY_IMAGE } from "./engine.ts";
import { asUser } from "./service_process.ts";
import type { ToyModel } from "./toy_model.ts";

/** A mammoeval that runs its containers with Podman, and has Podman for itself. */
export interface PodmanSite extends UserSite {
  readonly uid: number;
  /** Runs `podman` as the site's user, with the site's storage; fails the test if it fails. */
  podman(...args: string[]): Promise<string>;
}

/** Where the tests' Podman keeps everything: nothing is shared with other tests or users. */
async function settingsOf(folder: string, uid: number): Promise<Record<string, string>> {
  const runtime = join(folder, "run");
  const temporary = join(folder, "tmp"); // that of the tests is root's
  for (const own of [runtime, temporary]) {
    await Deno.mkdir(own, { mode: 0o700 });
    if (Deno.uid() === 0) await Deno.chown(own, uid, uid);
  }
  const storage = join(folder, "storage.conf");
  const containers = join(folder, "containers.conf");
  await Deno.writeTextFile(
    storage,
    `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/storage"\nrunroot = "${runtime}/storage"\n`,
  );
  // crun refuses machines that have control groups of both versions.
  const settings = ['runtime = "runc"', 'cgroup_manager = "cgroupfs"', 'events_logger = "file"'];
  await Deno.writeTextFile(containers, `[engine]\n${settings.join("\n")}\n`);
  return {
    XDG_RUNTIME_DIR: runtime,
    TMPDIR: temporary,
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_CONF: containers,
    MAMMOEVAL_ENGINE: "podman",
  };
}

/**
 * Starts a service with Podman in its own process, and loads the small image.
 *
 * @param stack disposes of everything
 * @param asRoot whether it runs as root, which needs root
 */
export async function startPodmanSite(
  stack: AsyncDisposableStack,
  models: readonly ToyModel[],
  environment: Record<string, string> = {},
  asRoot = false,
): Promise<PodmanSite> {
  const uid = asRoot ? 0 : await podmanUser();
  let own: Record<string, string> = {};
  const podman: PodmanSite["podman"] = async (...args) => {
    const { code, stdout, stderr } = await run([...asUser(uid), "podman", ...args], own);
    assert.equal(code, 0, `podman ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const site = await startUserSite(stack, models, uid, async (folder) => {
    own = { HOME: folder, ...await settingsOf(folder, uid), ...environment };
    // Ends Podman's own process too, which holds its namespaces.
    stack.defer(async () => void await podman("system", "reset", "--force"));
    const archive = join(folder, "tiny.tar");
    await docker("save", "--output", archive, TINY_IMAGE);
    await Deno.chmod(archive, 0o644);
    await podman("load", "--quiet", "--input", archive);
    return own;
  });
  return Object.assign(site, { uid, podman });
}

/** The user that the tests run Podman as: this one, or the one of `.ci/podman.sh` if this is root. */
async function podmanUser(): Promise<number> {
  if (Deno.uid() !== 0) return Deno.uid()!;
  const { code, stdout } = await run(["id", "-u", "mammoeval-podman"], {});
  assert.equal(code, 0, "there is no user mammoeval-podman: run .ci/podman.sh");
  return Number(stdout);
}

/**
 * Registers a test that needs Podman, and Docker for the small image. If something is missing, the test is ignored,
 * never passed; with `MAMMOEVAL_TEST_CONTAINERS=required` it fails with what is missing.
 */
export async function podmanTest(
  name: string,
  test: (stack: AsyncDisposableStack, t: Deno.TestContext) => Promise<void>,
  needs: EngineNeeds = {},
): Promise<void> {
  const works = await podmanUser().then((uid) =>
    run([...asUser(uid), "bash", "-c", "command -v podman newuidmap runc"], {})
  )
    .catch(() => ({ code: 1 }));
  if (works.code !== 0) {
    const reason = "there is no podman, or no user for it: run .ci/podman.sh";
    const required = Deno.env.get("MAMMOEVAL_TEST_CONTAINERS") === "required";
    Deno.test({
      name: required ? name : `${name} (${reason})`,
      ignore: !required,
      fn: () => assert.fail(`Container tests are required here, but ${reason}`),
    });
    return;
  }
  await engineTest(name, async (t) => {
    await using stack = new AsyncDisposableStack();
    await test(stack, t);
  }, needs);
}
