import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import type { Block } from "./markdown.ts";

/** The address that the documents' lines call. */
const DOCUMENTS_URL = "http://127.0.0.1:8000";
/** How the documents start a service. */
const START_LINE = "deno task start";
/** Time that a service has to answer after its start, in milliseconds: a busy machine is slow. */
const START_MS = 120_000;
/** What a copy of the project does without. */
const NOT_COPIED = [".git", "node_modules", ".mammoeval", "tests"];

/** What became of a block that was run. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** False when it failed, or was not come to because an earlier one did. */
  readonly succeeded: boolean;
}

/**
 * Runs blocks as a reader would: one after the other in one shell, in a copy of the project, beside a
 * service that runs from that copy with the permissions of `deno task start`.
 *
 * Kinds: `service` starts the service; `curl`, `shell` and `engine` must succeed; `refused` is curl whose
 * answers are problems; `python` is a program; `file <name>` writes the block to a file.
 *
 * @param blocks those to run, in order
 * @param environment settings of the session, which the blocks may change
 * @returns what became of each
 */
export async function runSession(
  blocks: readonly Block[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-docs-" }));
  let service: Deno.ChildProcess | null = null;
  try {
    const project = await copyProject(folder);
    const port = freePort();
    const here = (text: string): string =>
      text.replaceAll("/tmp/", `${folder}/`).replaceAll(DOCUMENTS_URL, `http://127.0.0.1:${port}`);
    const env = {
      MAMMOEVAL_EXECUTOR: "process",
      MAMMOEVAL_GPUS: "none",
      MAMMOEVAL_URL: "",
      MAMMOEVAL_PORT: String(port),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      ...environment,
      PATH: `${await writePrograms(folder)}:${Deno.env.get("PATH")}`,
    };
    const start = blocks.find(({ kind }) => kind === "service")?.text;
    const asks = blocks.some(({ text }) => text.includes(DOCUMENTS_URL));
    if (start !== undefined || asks) {
      service = await startService(here(start ?? START_LINE), project, env, port);
    }
    const script = [PROLOGUE, ...blocks.map((block, index) => scriptOf(block, index, here))];
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script.join("\n")],
      cwd: project,
      env,
      stdin: "null",
    }).output();
    return readAnswers(blocks.length, stdout, stderr);
  } finally {
    if (service !== null) {
      await endGroup(service.pid);
      await service.status;
    }
    await Deno.remove(folder, { recursive: true });
  }
}

/** Answers that are errors end a script; a document that shows errors says so. */
const PROLOGUE = `set -euo pipefail
curl() { command curl \${fail_with:---fail-with-body} "$@"; }`;

/** Ends each block's part of both streams. */
function mark(index: number): string {
  return `\x1emammoeval block ${index}\x1e`;
}

function scriptOf(block: Block, index: number, here: (text: string) => string): string {
  const text = here(block.text);
  const end = `printf '%s' '${mark(index)}'; printf '%s' '${mark(index)}' >&2`;
  const quoted = `<<'END_OF_BLOCK'\n${text}END_OF_BLOCK`;
  switch (block.kind) {
    case "service":
      return end;
    case "file":
      return `cat >${block.argument} ${quoted}\n${end}`;
    case "python":
      return `/usr/bin/python3 - ${quoted}\n${end}`;
    case "refused":
      return `fail_with=--silent\n${text}fail_with=\n${end}`;
    default:
      return `${text}${end}`;
  }
}

function readAnswers(count: number, stdout: Uint8Array, stderr: Uint8Array): Ran[] {
  const [said, complained] = [stdout, stderr].map((bytes) => {
    let rest = new TextDecoder().decode(bytes);
    return Array.from({ length: count }, (_, index) => {
      const end = rest.indexOf(mark(index));
      const part = { text: end < 0 ? rest : rest.slice(0, end), ended: end >= 0 };
      rest = end < 0 ? "" : rest.slice(end + mark(index).length);
      return part;
    });
  }) as [{ text: string; ended: boolean }[], { text: string; ended: boolean }[]];
  return said.map(({ text, ended }, index) => ({
    stdout: text,
    stderr: complained[index]!.text,
    succeeded: ended,
  }));
}

/** Packages are linked, not copied: they are large, and nothing writes them. */
async function copyProject(folder: string): Promise<string> {
  const project = join(folder, "mammoeval");
  const leftOut = NOT_COPIED.map((name) => `--exclude=./${name}`).join(" ");
  const script = `mkdir "$0" && tar -C "$1" ${leftOut} -cf - . | tar -C "$0" -xf - &&
    { cp -al "$1/node_modules" "$0" 2>/dev/null || cp -a "$1/node_modules" "$0"; }`;
  await runBash(script, [project, PROJECT]);
  return project;
}

/** `deno`, and `npx -y deno@…` of the very version that runs the tests. */
async function writePrograms(folder: string): Promise<string> {
  const programs = join(folder, "programs");
  await Deno.mkdir(programs);
  await Deno.symlink(Deno.execPath(), join(programs, "deno"));
  const version = Deno.version.deno;
  const npx = `#!/bin/bash
[ "$1 $2" = "-y deno@${version}" ] || { echo "npx $*: not the pinned Deno ${version}" >&2; exit 1; }
shift 2
exec deno "$@"
`;
  await Deno.writeTextFile(join(programs, "npx"), npx, { mode: 0o755 });
  return programs;
}

async function startService(
  text: string,
  project: string,
  env: Record<string, string>,
  port: number,
): Promise<Deno.ChildProcess> {
  const log = join(project, "..", "service.log");
  // A session of its own, so that all that the task starts can be ended together.
  const child = new Deno.Command("setsid", {
    args: ["bash", "-c", `{ ${text}\n} >>"$0" 2>&1`, log],
    cwd: project,
    env,
    stdin: "null",
  }).spawn();
  const deadline = performance.now() + START_MS;
  while (!await answers(`http://127.0.0.1:${port}/readyz`)) {
    if (performance.now() > deadline) {
      await endGroup(child.pid);
      await child.status;
      assert.fail(`The service does not start: ${await Deno.readTextFile(log)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function endGroup(leader: number): Promise<void> {
  await runBash('kill -KILL -- "-$0" 2>/dev/null || true', [String(leader)]);
}

async function runBash(script: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("bash", { args: ["-c", script, ...args] })
    .output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
