import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";
import { type EngineNeeds, engineTest } from "./engine.ts";
import { asUser, type ServiceProcess, startServiceProcess } from "./service_process.ts";
import { missingForSlurm } from "./slurm.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import type { ToyModel } from "./toy_model.ts";

/** Apptainer runs containers as its caller, who must not be root: nobody, if the tests run as root. */
const NOBODY = 65_534;

/** Returns the unprivileged user that the tests run Apptainer as. */
export function ordinaryUser(): number {
  return Deno.uid() === 0 ? NOBODY : Deno.uid()!;
}

/** A mammoeval that runs as an ordinary user. */
export interface UserSite extends ServiceProcess {
  /** Runs a `deno task` command as the site's user. */
  command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Temporary folder that the site's user may enter. */
  readonly folder: string;
}

/** A mammoeval that runs its containers with Apptainer. */
export interface ApptainerSite extends UserSite {
  /** Exports a model's image from Docker and imports it here; returns the import's output. */
  bring(model: ToyModel): Promise<string>;
}

/**
 * Starts a service in its own process as a user.
 *
 * @param stack disposes of everything
 * @param settings environment of the service; may depend on a folder that belongs to the user
 */
export async function startUserSite(
  stack: AsyncDisposableStack,
  models: readonly ToyModel[],
  uid: number,
  settings: (folder: string) => Promise<Record<string, string>>,
): Promise<UserSite> {
  const folder = await temporaryFolder(stack, "mammoeval-test-site-");
  for (const path of [folder, ...models.map(({ root }) => root)]) await Deno.chmod(path, 0o755);
  const places = ["volume", "volume/home", "deno", "user"].map((name) => join(folder, name));
  for (const place of places) {
    await Deno.mkdir(place);
    if (Deno.uid() === 0) await Deno.chown(place, uid, uid);
  }
  const [, home, denoFolder, userHome] = places;
  const deno = await denoFor(uid, folder);
  const environment = {
    DENO_DIR: denoFolder!,
    HOME: userHome!,
    MAMMOEVAL_MODELS: models.map(({ root }) => root).join(","),
    MAMMOEVAL_GPUS: "none",
    ...await settings(userHome!),
  };
  const service = stack.use(
    await startServiceProcess({ home: home!, environment, uid, deno }),
  );
  const command: UserSite["command"] = (...args) =>
    run([...asUser(uid), ...denoCommand(args, deno)], { ...environment, MAMMOEVAL_HOME: home! });
  return Object.assign(service, { command, folder });
}

/**
 * Starts a service with Apptainer in its own process as an unprivileged user.
 *
 * @param stack disposes of everything
 */
export async function startApptainerSite(
  stack: AsyncDisposableStack,
  models: readonly ToyModel[],
  environment: Record<string, string> = {},
): Promise<ApptainerSite> {
  const site = await startUserSite(
    stack,
    models,
    ordinaryUser(),
    () => Promise.resolve({ MAMMOEVAL_ENGINE: "apptainer", ...environment }),
  );
  return Object.assign(site, {
    async bring(model: ToyModel): Promise<string> {
      const archive = join(site.folder, `${model.name}.tar`);
      const other = {
        MAMMOEVAL_HOME: join(site.folder, "docker"),
        MAMMOEVAL_MODELS: model.root,
        MAMMOEVAL_GPUS: "none",
      };
      const exported = await run(denoCommand(["image", "export", model.name, archive]), other);
      assert.equal(exported.code, 0, exported.stderr);
      await Deno.chmod(archive, 0o644);
      const imported = await site.command("image", "import", archive);
      assert.equal(imported.code, 0, imported.stderr);
      return imported.stdout.trim();
    },
  });
}

function denoCommand(args: readonly string[], deno = Deno.execPath()): string[] {
  const flags = ["run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"];
  return [deno, ...flags, `--allow-run=${deno}`, "cli/launch.ts", ...args];
}

/** Returns a Deno program that the user can execute: npx keeps it in root's home, so it is copied if needed. */
async function denoFor(uid: number, folder: string): Promise<string> {
  const { code } = await run([...asUser(uid), "test", "-x", Deno.execPath()], {});
  if (code === 0) return Deno.execPath();
  const copy = join(folder, "deno-program");
  await Deno.copyFile(Deno.execPath(), copy);
  await Deno.chmod(copy, 0o755);
  return copy;
}

/** Runs a program to its end. */
export async function run(
  [program, ...args]: string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    ...{ args, env, cwd: PROJECT, stdin: "null" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/**
 * Registers a test that needs Apptainer, and Docker to build images for it. If something is missing, the test is
 * ignored, never passed; with `MAMMOEVAL_TEST_CONTAINERS=required` it fails with what is missing.
 */
export async function apptainerTest(
  name: string,
  test: (stack: AsyncDisposableStack) => Promise<void>,
  needs: EngineNeeds & { readonly slurm?: boolean } = {},
): Promise<void> {
  const reason = await missing() ?? (needs.slurm === true ? await missingForSlurm() : null);
  if (reason !== null && Deno.env.get("MAMMOEVAL_TEST_CONTAINERS") === "required") {
    Deno.test(name, () => assert.fail(`Container tests are required here, but ${reason}`));
    return;
  }
  if (reason !== null) {
    Deno.test({ name: `${name} (${reason})`, ignore: true, fn: () => {} });
    return;
  }
  await engineTest(name, async () => {
    await using stack = new AsyncDisposableStack();
    await test(stack);
  }, needs);
}

async function missing(): Promise<string | null> {
  const tries: [string[], string][] = [
    [["apptainer", "--version"], "there is no apptainer: run .ci/apptainer.sh"],
    [["test", "-w", "/dev/fuse"], "an ordinary user may not use /dev/fuse: run .ci/apptainer.sh"],
    [
      ["test", "-r", join(PROJECT, "deno.json")],
      "an ordinary user may not read the project: put it where others may pass",
    ],
  ];
  for (const [command, reason] of tries) {
    const result = await run([...asUser(ordinaryUser()), ...command], {}).catch(() => ({
      code: 1,
    }));
    if (result.code !== 0) return reason;
  }
  return null;
}
