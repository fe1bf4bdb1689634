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

/**
 * Looks for what tests have left behind, wherever they leave things: files, mounts, processes, and
 * containers, images, networks and volumes of the engine.
 *
 * @param run the suite's
 * @returns a line for each thing, with its name; nothing where all was cleared away
 */
export async function leftBehind(run: SuiteRun): Promise<string[]> {
  return [
    ...names(run.folder).map((name) => `file ${run.folder}/${name}`),
    ...mountsBelow(run.folder),
    ...processesOf(run.folder),
    ...await engineThings(run),
  ];
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function mountsBelow(folder: string): string[] {
  return (readIfThere("/proc/mounts") ?? "").split("\n").map((line) => line.split(" ")[1] ?? "")
    .filter((place) => place.startsWith(`${folder}/`)).map((place) => `mount ${place}`);
}

/** Those that inherited `TMPDIR`, however they were detached. */
function processesOf(folder: string): string[] {
  const found: string[] = [];
  for (const name of namesIfThere("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const variables = readIfThere(`/proc/${name}/environ`)?.split("\0") ?? [];
    if (!variables.some((text) => text.startsWith(`TMPDIR=${folder}`))) continue;
    const line = readIfThere(`/proc/${name}/cmdline`)?.split("\0").join(" ").trim();
    // One that has ended and waits to be taken note of has neither.
    if (line) found.push(`process ${name}: ${line.slice(0, 200)}`);
  }
  return found;
}

async function engineThings(run: SuiteRun): Promise<string[]> {
  const found: string[] = [];
  for (const kind of ["container", "image", "network", "volume"] as const) {
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
      if (isOf(run, own)) found.push(`${kind} ${id} ${text}`);
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
