import assert from "node:assert/strict";
import { join } from "node:path";
import { copyModules } from "../support/copy_modules.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import type { Block } from "./markdown.ts";

/** The address that the documents' lines call. */
const DOCUMENTS_URL = "http://127.0.0.1:8000";
/** How the documents start a service. */
const START_LINE = "deno task start";
/** Time that a service has to answer after its start, in seconds: a busy machine is slow. */
const START_S = 120;
/** What a copy of the project does without. */
const NOT_COPIED = [".git", "node_modules", ".mammoeval", "tests"];

/** A shell whose only network is its own loopback, also for those who are not root. */
const CLOSED_NETWORK = ["unshare", "--map-root-user", "--net", "bash", "-euo", "pipefail", "-c"];

/** Whether a network can be closed here. */
export const closesNetworks = await new Deno.Command(CLOSED_NETWORK[0]!, {
  args: [...CLOSED_NETWORK.slice(1), "ip link set lo up"],
  stderr: "null",
}).output().then(({ success }) => success, () => false);

/** Where a program in TypeScript is written, beside what it imports. */
const PROGRAM = "program_of_document.ts";
/** Runs it with what such a program may need; it must compile too. */
const RUN_PROGRAM =
  "deno run --quiet --no-prompt --check --allow-net=127.0.0.1 --allow-env --allow-read=. --allow-write=.";

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
 * Kinds: `service` starts the service, which else begins before the first block that asks it; `curl`, `shell` and `engine` must
 * succeed; `refused` is curl whose answers are problems; `python` and `typescript` are programs; `file <name>` writes the block
 * to a file; `offline` runs without network, with an empty home, no cache and no Deno but what the block names.
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
  try {
    const project = await copyProject(folder);
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    const here = (text: string): string =>
      text.replaceAll("/tmp/", `${folder}/`).replaceAll(DOCUMENTS_URL, url);
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
    const starts = blocks.some(({ kind }) => kind === "service");
    const asking = starts ? -1 : blocks.findIndex(({ text }) => text.includes(DOCUMENTS_URL));
    const script = [prologue(url, join(folder, "service.log"))];
    for (const [index, block] of blocks.entries()) {
      if (index === asking) script.push(startOf(START_LINE));
      script.push(scriptOf(block, index, here));
    }
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script.join("\n")],
      cwd: project,
      env,
      stdin: "null",
    }).output();
    return readAnswers(blocks.length, stdout, stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Answers that are errors end a script; a document that shows errors says so. The service has a session
 * of its own, so that all that the task starts can be ended together, however the script ends.
 */
function prologue(url: string, log: string): string {
  return `set -euo pipefail
curl() { case " $*" in *" -f"*) command curl "$@" ;; *) command curl \${fail_with:---fail-with-body} "$@" ;; esac }
start_service() {
  local text; text=$(cat)
  setsid bash -c "$text" </dev/null >>'${log}' 2>&1 &
  trap "kill -KILL -- -$! 2>/dev/null || true" EXIT
  local deadline=$((SECONDS + ${START_S}))
  until command curl -fsS -o /dev/null '${url}/readyz' 2>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || { cat '${log}' >&2; return 1; }
    sleep 0.1
  done
}
offline() {
  local text; text=$(cat)
  env HOME="$(mktemp -d -p ..)" DENO_DIR="$(mktemp -d -p ..)" PATH="\${PATH#*:}" \\
    ${CLOSED_NETWORK.join(" ")} "ip link set lo up; $text"
}`;
}

function startOf(text: string): string {
  return `start_service ${quoted(text)}`;
}

/** The text as what a command reads. */
function quoted(text: string): string {
  return `<<'END_OF_BLOCK'\n${text.trimEnd()}\nEND_OF_BLOCK`;
}

/** Ends each block's part of both streams. */
function mark(index: number): string {
  return `\x1emammoeval block ${index}\x1e`;
}

function scriptOf(block: Block, index: number, here: (text: string) => string): string {
  const text = here(block.text);
  const end = `printf '%s' '${mark(index)}'; printf '%s' '${mark(index)}' >&2`;
  switch (block.kind) {
    case "service":
      return `${startOf(text)}\n${end}`;
    case "file":
      return `cat >${block.argument} ${quoted(text)}\n${end}`;
    case "python":
      return `/usr/bin/python3 - ${quoted(text)}\n${end}`;
    case "typescript":
      return `cat >${PROGRAM} ${quoted(text)}\n${RUN_PROGRAM} ${PROGRAM}\n${end}`;
    case "refused":
      return `fail_with=--silent\n${text}fail_with=\n${end}`;
    case "offline":
      return `offline ${quoted(text)}\n${end}`;
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

async function copyProject(folder: string): Promise<string> {
  const project = join(folder, "mammoeval");
  const leftOut = NOT_COPIED.map((name) => `--exclude=./${name}`).join(" ");
  const script = `mkdir "$0" && tar -C "$1" ${leftOut} -cf - . | tar -C "$0" -xf -`;
  await runBash(script, [project, PROJECT]);
  await copyModules(PROJECT, project);
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

async function runBash(script: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("bash", { args: ["-c", script, ...args] })
    .output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
