import { basename, join } from "node:path";
import { type Json, sendJson } from "../support/http.ts";
import type { ChaosSite } from "./chaos_site.ts";

/** What a run of chaos has cost. */
export interface Damage {
  /** Accepted and not there any more, ended for no honest reason, or succeeded without all its files. */
  lost: number;
  /** Two evaluations, or two results, of one request. */
  doubled: number;
  /** Not ended. */
  stuck: number;
  /** Containers, scratch folders and leases that belong to nothing that runs. */
  orphaned: number;
  /** Files under a temporary name, or not what their ending says. */
  half_written: number;
  /** Among the results and the preprocessed images. */
  root_owned: number;
  /** How the evaluations ended. */
  readonly ended: Record<string, number>;
  /** A line for each that counts. */
  readonly notes: string[];
}

/** A run that the platform has broken off twice says so; anything else the kills must not cause. */
const HONEST_ENDS: ReadonlySet<string> = new Set(["interrupted"]);

/**
 * Looks at everything that is left once nothing runs any more.
 *
 * @param site after the last kill
 * @param accepted ids of the evaluations that were accepted
 */
export async function countDamage(site: ChaosSite, accepted: readonly string[]): Promise<Damage> {
  const damage: Damage = {
    lost: 0,
    doubled: 0,
    stuck: 0,
    orphaned: 0,
    half_written: 0,
    root_owned: 0,
    ended: {},
    notes: [],
  };
  const evaluations = await site.evaluations();
  countEvaluations(evaluations, accepted, damage);
  for (const evaluation of evaluations) await checkFiles(site, evaluation, damage);
  await countLeftovers(site, damage);
  for await (const path of filesBelow(site.home)) await checkFile(path, site.home, damage);
  return damage;
}

type Counted = Exclude<keyof Damage, "ended" | "notes">;

function count(damage: Damage, what: Counted, note: string): void {
  damage[what] += 1;
  damage.notes.push(`${what}: ${note}`);
}

function countEvaluations(
  evaluations: readonly Json[],
  accepted: readonly string[],
  damage: Damage,
): void {
  const known = new Set(evaluations.map(({ id }) => id));
  for (const id of accepted) if (!known.has(id)) count(damage, "lost", `${id} is not there`);
  const experiments = new Set<string>();
  for (const { id, experiment, status, error, finished_at } of evaluations) {
    if (experiments.has(experiment)) count(damage, "doubled", `${experiment} has a second one`);
    experiments.add(experiment);
    const end = status === "failed" ? error.type : status;
    damage.ended[end] = (damage.ended[end] ?? 0) + 1;
    if (finished_at === null) count(damage, "stuck", `${id} is ${status}`);
    if (status === "failed" && !HONEST_ENDS.has(error.type)) {
      count(damage, "lost", `${id} failed: ${error.type}: ${error.message}`);
    }
  }
}

/** A success has its predictions, its score, and one result folder. */
async function checkFiles(site: ChaosSite, evaluation: Json, damage: Damage): Promise<void> {
  const { id, model, experiment, status, score } = evaluation;
  const folders = namesIn(join(site.home, "results", experiment, model));
  if (folders.length > 1) count(damage, "doubled", `${experiment} has ${folders.length} results`);
  if (status !== "succeeded") return;
  const folder = join(site.home, "results", experiment, model, id);
  const names = new Set(namesIn(folder));
  for (const name of ["evaluation.json", "score.json", `${model}_${experiment}_predictions.csv`]) {
    if (!names.has(name)) count(damage, "lost", `${id} has no ${name}`);
  }
  if (score !== `/v1/scores/${id}`) count(damage, "doubled", `${id} has the score ${score}`);
  const log = await (await fetch(`${site.url}/v1/evaluations/${id}/log`)).text();
  if (!log.includes("[mammoeval] container ended with 0")) {
    count(damage, "lost", `${id} has a log without the end of its container`);
  }
  const kept = await sendJson(`${site.url}/v1/evaluations/${id}`, "GET");
  if (kept.body.score !== score) count(damage, "doubled", `${id} has changed after its end`);
}

async function countLeftovers(site: ChaosSite, damage: Damage): Promise<void> {
  const containers = await site.engine.docker("ps", "--all", "--format", "{{.Names}} {{.Status}}");
  for (const line of containers.split("\n").filter((text) => text !== "")) {
    count(damage, "orphaned", `container ${line}`);
  }
  for (const name of namesIn(join(site.home, "work"))) count(damage, "orphaned", `work/${name}`);
  for (const dataset of namesIn(join(site.home, "leases"))) {
    for (const name of namesIn(join(site.home, "leases", dataset))) {
      count(damage, "orphaned", `leases/${dataset}/${name}`);
    }
  }
}

async function checkFile(path: string, home: string, damage: Damage): Promise<void> {
  const short = path.slice(home.length + 1);
  if (path.endsWith(".partial")) count(damage, "half_written", short);
  if (path.endsWith(".json")) {
    try {
      JSON.parse(await Deno.readTextFile(path));
    } catch {
      count(damage, "half_written", `${short} is not JSON`);
    }
  }
  if (path.endsWith("_predictions.csv") && !basename(path).startsWith("partial_")) {
    const rows = (await Deno.readTextFile(path)).trim().split("\n").length;
    if (rows !== 5) count(damage, "half_written", `${short} has ${rows} rows`);
  }
  const owned = /^(results|preprocessed)\//.test(short);
  if (owned && (await Deno.lstat(path)).uid === 0) count(damage, "root_owned", short);
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
