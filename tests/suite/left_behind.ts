import { runDocker } from "../support/engine.ts";
import { TEST_RUN_LABEL } from "./test_run.ts";

/** A run of the suite, by what its tests leave: they keep their files in a folder of its own. */
export interface SuiteRun {
  /** `TMPDIR` of every test and of every process that a test starts. */
  readonly folder: string;
  /** Name of the run. */
  readonly name: string;
}

/** Labels by which things on the engine tell whose they are. */
const VOLUME_LABEL = "mammoeval.volume";
const PROJECT_LABEL = "com.docker.compose.project";

/** Kinds of things that the engine keeps. */
const ENGINE_KINDS = ["container", "image", "network", "volume"] as const;

/** One thing that a test has left. */
export interface Left {
  readonly kind: "file" | "mount" | "process" | typeof ENGINE_KINDS[number];
  /** Path, process id, or the engine's id. */
  readonly id: string;
  /** What else tells where it comes from. */
  readonly about: string;
}

/**
 * Looks for what tests have left behind, wherever they leave things: files, mounts, processes, and
 * containers, images, networks and volumes of the engine.
 *
 * @param run the suite's
 * @returns nothing where all was cleared away
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
 * Removes what tests have left, as those that were killed do: processes first, then what they used.
 *
 * @param things of the run
 * @returns why something could not be removed, a line each
 */
export async function clearAway(things: readonly Left[]): Promise<string[]> {
  const order: Left["kind"][] = ["process", "container", "image", "network", "volume", "mount"];
  const inOrder = order.flatMap((kind) => things.filter((thing) => thing.kind === kind));
  const reasons: string[] = [];
  for (const thing of inOrder) {
    const reason = await remove(thing);
    if (reason !== "") reasons.push(`${thing.kind} ${thing.id} stays: ${reason}`);
  }
  return reasons;
}

async function remove({ kind, id }: Left): Promise<string> {
  if (kind === "process") {
    try {
      Deno.kill(Number(id), "SIGKILL");
    } catch {
      // It has ended in between.
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

/** Those that inherited `TMPDIR`, however they were detached. */
function processesOf(folder: string): Left[] {
  const found: Left[] = [];
  for (const name of namesIfThere("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const variables = readIfThere(`/proc/${name}/environ`)?.split("\0") ?? [];
    if (!variables.some((text) => text.startsWith(`TMPDIR=${folder}`))) continue;
    const line = readIfThere(`/proc/${name}/cmdline`)?.split("\0").join(" ").trim();
    // One that has ended and waits to be taken note of has neither.
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
    // What was removed since is left out of the answer, which is an error, and no matter.
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
    return null; // it has ended since, or is somebody else's
  }
}

function namesIfThere(folder: string): string[] {
  try {
    return names(folder);
  } catch {
    return []; // not on this system
  }
}
