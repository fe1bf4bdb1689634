/**
 * Runs many evaluations while killing mammoeval's services and the Docker engine at random moments,
 * then counts what a user would find: evaluations that are lost, doubled or stuck, containers that
 * nobody wants, files that are half written or owned by root.
 *
 * Usage: deno task chaos [--evaluations N] [--kills M] [--seed S]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createRandom } from "./random.ts";
import { countDamage, type Damage } from "./count_damage.ts";
import { type ChaosSite, startChaosSite } from "./chaos_site.ts";
import { submitAll } from "./submit_all.ts";

/** What one run of chaos is made of. */
export interface ChaosPlan {
  readonly evaluations: number;
  readonly kills: number;
  readonly seed: number;
  /** Told what happens. */
  readonly say: (line: string) => void;
}

/** How often each part is killed: inference, which has most to lose, more often than the rest. */
const VICTIMS = [
  ["inference", 6],
  ["scoring", 2],
  ["ingestion", 1],
  ["engine", 1],
] as const;

/** Longest pause between two kills, and longest time that a victim stays dead, in milliseconds. */
const PAUSE_MS_MAX = 1500;
const DEAD_MS_MAX = 600;
/** An evaluation that has not ended by then after the last kill is stuck, in milliseconds. */
const END_MS_MAX = 600_000;

/**
 * Runs a plan.
 *
 * @returns what it has cost; all zeros when nothing was lost
 */
export async function runChaos(plan: ChaosPlan): Promise<Damage> {
  const random = createRandom(plan.seed);
  await using site = await startChaosSite();
  const abort = new AbortController();
  const submitting = submitAll(site, plan.evaluations, abort.signal);
  for (let kill = 1; kill <= plan.kills; kill++) {
    await pause(random() * PAUSE_MS_MAX);
    const victim = pick(random());
    plan.say(`kill ${kill} of ${plan.kills}: ${victim}`);
    await site.kill(victim);
    await pause(random() * DEAD_MS_MAX);
    await site.revive(victim);
  }
  const accepted = await submitting;
  plan.say("no more kills: waiting for the evaluations to end");
  await waitForEnds(site, plan);
  return await countDamage(site, accepted);
}

function pick(random: number): (typeof VICTIMS)[number][0] {
  const total = VICTIMS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random * total;
  for (const [name, weight] of VICTIMS) {
    left -= weight;
    if (left < 0) return name;
  }
  return VICTIMS[0][0];
}

async function waitForEnds(site: ChaosSite, { say }: ChaosPlan): Promise<void> {
  const deadline = performance.now() + END_MS_MAX;
  let told = performance.now();
  while (performance.now() < deadline) {
    const open = (await site.evaluations()).filter(({ finished_at }) => finished_at === null);
    if (open.length === 0) return;
    if (performance.now() - told > 10_000) {
      told = performance.now();
      say(`${open.length} have not ended`);
    }
    await pause(500);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      evaluations: { type: "string", default: "100" },
      kills: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
    },
  });
  const write = (line: string): void =>
    void Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
  const damage = await runChaos({
    evaluations: Number(values.evaluations),
    kills: Number(values.kills),
    seed: Number(values.seed),
    say: write,
  });
  const { notes, ended, ...counts } = damage;
  for (const note of notes) write(note);
  write(
    `ended: ${Object.entries(ended).map(([status, count]) => `${status} ${count}`).join(", ")}`,
  );
  write(Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", "));
  Deno.exit(Object.values(counts).every((count) => count === 0) ? 0 : 1);
}
