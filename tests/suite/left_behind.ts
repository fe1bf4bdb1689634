import { runDocker } from "../support/engine.ts";
import { TEST_RUN_LABEL } from "./test_run.ts";

/** A run of the suite. Its tests keep their files in a separate folder. */
export interface SuiteRun {
  /** `TMPDIR` of all tests and of the processes that they start. */
  readonly folder: string;
  /** Name of the run. */
  readonly name: string;
}

/** Labels that show which run an engine object belongs to. */
const VOLUME_LABEL = "mammoeval.volume";
const PROJECT_LABEL = "com.docker.compose.project";

/** Kinds of engine objects. */
const ENGINE_KINDS = ["container", "image", "network", "volume"] as const;

/** Something that a test left behind. */
export interface Left {
  readonly kind: "file" | "mount" | "process" | typeof ENGINE_KINDS[number];
  /** Path, process id, or the engine's id. */
  readonly id: string;
  /** Further information on its origin. */
  readonly about: string;
}

/**
 * Finds what the tests of a run left behind: files, mounts, processes, and the engine's containers, images, networks
 * and volumes.
 *
 * @returns an empty list if everything was removed
 */
export async function leftBehind(run: SuiteRun): Promise<Left[]> {
  return [
    ...names(run.folder).map((name) => left("file", `${run.folder}/${name}`)),
    ...mountsBelow(run.folder),
    ...processesOf(run.folder),
    ...await engineThings(run),
  ];
}

/**
 * Removes what tests left behind, for example because they were killed: processes first, then what they used. Files
 * remain; the caller removes their folder.
 *
 * @returns one line for each thing that could not be removed, with the reason
 */
export async function clearAway(things: readonly Left[]): Promise<string[]> {
  const order: Left["kind"][] = ["process", "container", "image", "network", "volume", "mount"];
  const inOrder = order.flatMap((kind) => things.filter((thing) => thing.kind === kind));
  const reasons: string[] = [];
  for (const thing of inOrder) {
    const reason = await remove(thing);
    if (reason !== "") reasons.push(`could not remove ${thing.kind} ${thing.id}: ${reason}`);
  }
  return reasons;
}

async function remove({ kind, id }: Left): Promise<string> {
  if (kind === "process") {
    try {
      Deno.kill(Number(id), "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
    return "";
  }
  if (kind === "mount") {
    const { success, stderr } = await new Deno.Command("umount", { args: [id] }).output();
    return success ? "" : new TextDecoder().decode(stderr).trim();
  }
  const force = kind === "network" ? [] : ["--force"];
  const { code, stderr } = await runDocker([kind, "rm", ...force, id]);
  return code === 0 || /no such/i.test(stderr) ? "" : stderr.trim();
}

function left(kind: Left["kind"], id: string, about = ""): Left {
  return { kind, id, about };
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function mountsBelow(folder: string): Left[] {
  return (readIfThere("/proc/mounts") ?? "").split("\n").map((line) => line.split(" ")[1] ?? "")
    .filter((place) => place.startsWith(`${folder}/`)).map((place) => left("mount", place));
}

/** Finds processes that inherited `TMPDIR`, even if they are detached. */
function processesOf(folder: string): Left[] {
  const found: Left[] = [];
  for (const name of namesIfThere("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const variables = readIfThere(`/proc/${name}/environ`)?.split("\0") ?? [];
    if (!variables.some((text) => text.startsWith(`TMPDIR=${folder}`))) continue;
    const line = readIfThere(`/proc/${name}/cmdline`)?.split("\0").join(" ").trim();
    // A zombie process has no command line.
    if (line) found.push(left("process", name, line.slice(0, 200)));
  }
  return found;
}

async function engineThings(run: SuiteRun): Promise<Left[]> {
  const found: Left[] = [];
  for (const kind of ENGINE_KINDS) {
    const list = kind === "container" || kind === "image" ? ["--all", "--no-trunc"] : [];
    const ids = await runDocker([kind, "ls", "--quiet", ...list]);
    const all = [...new Set(ids.stdout.split("\n").filter((id) => id !== ""))];
    if (ids.code !== 0 || all.length === 0) continue;
    const labels = kind === "container" || kind === "image" ? ".Config.Labels" : ".Labels";
    // An object that was removed in the meantime makes the command fail, but the others are listed.
    const format = `{{json ${labels}}}\t{{.${kind === "volume" ? "Name" : "Id"}}}`;
    const { stdout } = await runDocker([kind, "inspect", "--format", format, ...all]);
    for (const line of stdout.split("\n").filter((text) => text !== "")) {
      const [text, id] = line.split("\t") as [string, string];
      const own: Record<string, string> = JSON.parse(text) ?? {};
      if (isOf(run, own)) found.push(left(kind, id, text));
    }
  }
  return found;
}

function isOf({ folder, name }: SuiteRun, labels: Record<string, string>): boolean {
  return labels[TEST_RUN_LABEL] === name ||
    (labels[VOLUME_LABEL]?.startsWith(`${folder}/`) ?? false) ||
    (labels[PROJECT_LABEL]?.startsWith(`mammoeval-${name}-`) ?? false);
}

function readIfThere(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null; // it has ended, or belongs to another user
  }
}

function namesIfThere(folder: string): string[] {
  try {
    return names(folder);
  } catch {
    return []; // not on this system
  }
}
