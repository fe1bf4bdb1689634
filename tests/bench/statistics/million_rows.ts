/**
 * One bootstrap of a million rows in a process of its own, so that its memory can be told: prints
 * seconds, those of all processors, and the most memory in MB, as JSON.
 *
 * Usage: million_rows.ts <row|cluster>
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { runReplicates } from "../../../services/scoring/replicate_workers/run_replicates.ts";
import { bootstrapAreas, type BootstrapOptions } from "../../../services/scoring/statistics/mod.ts";
import { drawBenchSample } from "./sample.ts";

const sample = drawBenchSample(1_000_000, 30_000, 1);
const start = performance.now();
const clusters = Deno.args[0] === "cluster" ? sample.clusters : null;
const options: BootstrapOptions = {
  replicates: 2000,
  seed: 1,
  confidence: 0.95,
  method: "percentile",
  stratified: false,
};
await bootstrapAreas({ ...sample, clusters }, options, runReplicates);
const seconds = (performance.now() - start) / 1000;
const status = await Deno.readTextFile("/proc/self/status");
const { user, system } = cpuUsage();
const processorSeconds = (user + system) / 1e6;
const megabytes = Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024;
Deno.stdout.writeSync(
  new TextEncoder().encode(JSON.stringify({ seconds, processorSeconds, megabytes })),
);
