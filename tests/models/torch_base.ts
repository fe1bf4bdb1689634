/**
 * What the tests of the torch models share: the base image, and the stand-ins for the upstream code.
 *
 * @module
 */
import { eventually } from "../support/eventually.ts";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { docker } from "../support/engine.ts";
import { freePort } from "../support/free_port.ts";

/** Built by `.ci/model_images.sh`; without it these tests are ignored. */
export const TORCH_BASE = "mammoeval/torch_base:cpu";

/** Stand-ins for the upstream code and weights, served on this machine alone. */
export interface StandIns extends AsyncDisposable {
  /** `git://127.0.0.1:<port>`, with a repository for each name in {@link commits}. */
  readonly git: string;
  /** Commits by repository. */
  readonly commits: ReadonlyMap<string, string>;
  /** `http://127.0.0.1:<port>`, with `network.h5` and `tiny.caffemodel`. */
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
