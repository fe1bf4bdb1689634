/**
 * What the tests of the torch models share: the base image, and the stand-ins for the upstream code.
 *
 * @module
 */
import { eventually } from "../support/eventually.ts";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { docker, runDocker } from "../support/engine.ts";
import { freePort } from "../support/free_port.ts";

/** Built by `.ci/model_images.sh`; without it these tests are ignored. */
export const TORCH_BASE = "mammoeval/torch_base:cpu";

/** Stand-ins for the upstream code and weights, served on this machine alone. */
export interface StandIns extends AsyncDisposable {
  /** `git://127.0.0.1:<port>`, with a repository for each name in {@link commits}. */
  readonly git: string;
  /** Commits by repository. */
  readonly commits: ReadonlyMap<string, string>;
  /** `http://127.0.0.1:<port>`, with `network[1].h5` and `tiny.caffemodel`. */
  readonly files: string;
  /** Folder that is being served. */
  readonly folder: string;
}

/** Makes the stand-ins and serves them. */
export async function serveStandIns(): Promise<StandIns> {
  // The base image of today's files; quick when it was built of them.
  await docker(
    "build",
    "--quiet",
    "--tag",
    TORCH_BASE,
    join(PROJECT, "models/torch_base"),
  );
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-stand-in-" });
  await docker(
    ...["run", "--rm", "--network", "none"],
    ...["--user", `${Deno.uid()}:${Deno.gid()}`],
    ...["--volume", `${join(PROJECT, "tests/models/upstream")}:/source:ro`],
    ...[
      "--volume",
      `${folder}:/target`,
      TORCH_BASE,
      "python3",
      "/source/make.py",
      "/source",
      "/target",
    ],
  );
  const lines = (await Deno.readTextFile(join(folder, "commits.txt"))).trim().split("\n");
  const daemon = await serveGit(folder);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = join(folder, new URL(request.url).pathname);
      return new Response(await Deno.readFile(path));
    },
  );
  return {
    git: daemon.url,
    commits: new Map(lines.map((line) => line.split(" ") as [string, string])),
    files: `http://127.0.0.1:${server.addr.port}`,
    folder,
    async [Symbol.asyncDispose](): Promise<void> {
      await daemon.stop();
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** How a `docker` command ended, with both its outputs. */
export interface Ended {
  readonly code: number;
  readonly text: string;
}

/** Runs `docker`, whatever comes of it. */
export async function ran(...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await runDocker(args);
  return { code, text: stdout + stderr };
}

/** What builds of each model are given instead of the public sources. */
export function buildArguments(model: string, standIns: StandIns): Record<string, string> {
  const source = (name: string, repository: string): Record<string, string> => ({
    [`${name}_URL`]: `${standIns.git}/${repository}`,
    [`${name}_COMMIT`]: standIns.commits.get(repository)!,
  });
  const keras = ["DDSM_RESNET50", "DDSM_VGG16_512", "DDSM_VGG16_HYBRID", "DDSM_YAROSLAVNET"]
    .concat("INBREAST_VGG16_512", "INBREAST_VGG16_HYBRID");
  const sources: Record<string, Record<string, string>> = {
    nyu_gmic: source("GMIC", "GMIC"),
    nyu_glam: source("GLAM", "GLAM"),
    nyu_model: source("BREAST_CANCER_CLASSIFIER", "breast_cancer_classifier"),
    nyu_model_single: source("BREAST_CANCER_CLASSIFIER", "breast_cancer_classifier"),
    end2end: Object.fromEntries(
      keras.map((name) => [`${name}_URL`, `${standIns.files}/network[1].h5`]),
    ),
    frcnn_cad: { FRCNN_CAD_URL: `${standIns.files}/tiny.caffemodel` },
  };
  return sources[model]!;
}

/**
 * Builds a model of ours on the torch base.
 *
 * @param buildArgs beside the base image
 */
export async function build(
  model: string,
  buildArgs: Record<string, string>,
): Promise<Ended & { tag: string }> {
  const tag = `mammoeval-test/${model}:stand-in`;
  const ended = await ran(
    // The stand-ins are served on this machine's own address.
    ...["build", "--progress", "plain", "--network", "host", "--tag", tag],
    ...Object.entries({ BASE_IMAGE: TORCH_BASE, ...buildArgs }).flatMap(
      ([name, value]) => ["--build-arg", `${name}=${value}`],
    ),
    join(PROJECT, "models", model),
  );
  return { ...ended, tag };
}

/** Where git keeps its programs. */
async function gitPrograms(): Promise<string> {
  const { stdout } = await new Deno.Command("git", { args: ["--exec-path"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function serveGit(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const programs = await gitPrograms();
  const port = freePort();
  const child = new Deno.Command(join(programs, "git-daemon"), {
    args: [
      "--listen=127.0.0.1",
      `--port=${port}`,
      "--reuseaddr",
      "--export-all",
      `--base-path=${folder}`,
      folder,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await untilItListens(port);
  return {
    url: `git://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

async function untilItListens(port: number): Promise<void> {
  const listens = await eventually(
    () =>
      Deno.connect({ hostname: "127.0.0.1", port }).then(
        (connection) => (connection.close(), true),
        () => false,
      ),
    (it) => it,
  );
  if (!listens) throw new Error("git-daemon does not listen");
}
