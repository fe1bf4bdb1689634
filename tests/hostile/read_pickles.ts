/**
 * Reads every hostile pickle of the corpus, and every small golden file cut off and with a bit flipped
 * at every byte; says what came of it, as one line of JSON. Runs by itself, with all permissions, so
 * that code in a pickle could run if anything let it.
 *
 * Usage: read_pickles.ts <folder in which nothing may appear>
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { CANARY, HOSTILE_PICKLES } from "../support/hostile_pickles.ts";
import { PickleError, readPickle } from "../../shared/format/pickle/mod.ts";

/** What came of reading hostile pickles. */
export interface HostileReport {
  tried: number;
  /** Refused with a reason. */
  refused: number;
  /** Files that are no less right than before: a flipped bit in a text, say. */
  read: number;
  /** Of the corpus, read without a word: must be none. */
  accepted: string[];
  /** Code that ran. */
  executed: number;
  /** Ended by anything but a refusal. */
  crashed: string[];
  leaked_files: string[];
  /** Most processor time that one file took, and which. */
  cpu_ms_max: number;
  cpu_worst: string;
  /** Most that the process grew while it read one file, and which. */
  growth_mb_max: number;
  growth_worst: string;
}

const GOLDEN = new URL("../golden/pickle/", import.meta.url);
const SMALL_BYTES = 1500;
const CLEAR_PEAK = "5"; // proc(5), /proc/pid/clear_refs: resets the peak of resident memory

const report: HostileReport = {
  tried: 0,
  refused: 0,
  read: 0,
  accepted: [],
  executed: 0,
  crashed: [],
  leaked_files: [],
  cpu_ms_max: 0,
  cpu_worst: "",
  growth_mb_max: 0,
  growth_worst: "",
};

function attempt(name: string, bytes: Uint8Array): boolean {
  report.tried += 1;
  try {
    readPickle(bytes);
    report.read += 1;
    return true;
  } catch (error) {
    if (error instanceof PickleError) report.refused += 1;
    else report.crashed.push(`${name}: ${error}`);
    return false;
  }
}

function memoryKiB(field: "VmRSS" | "VmHWM"): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]);
}

function measured(name: string, bytes: Uint8Array): boolean {
  Deno.writeTextFileSync("/proc/self/clear_refs", CLEAR_PEAK);
  const before = memoryKiB("VmRSS");
  const began = cpuMs();
  const isRead = attempt(name, bytes);
  const cpu = cpuMs() - began;
  const growth = (memoryKiB("VmHWM") - before) / 1024;
  if (cpu > report.cpu_ms_max) [report.cpu_ms_max, report.cpu_worst] = [Math.round(cpu), name];
  if (growth > report.growth_mb_max) {
    [report.growth_mb_max, report.growth_worst] = [Math.round(growth), name];
  }
  return isRead;
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

for (const { name, bytes } of HOSTILE_PICKLES) {
  if (measured(name, bytes)) report.accepted.push(name);
}
for (const { name } of Deno.readDirSync(GOLDEN)) {
  const bytes = name.endsWith(".pkl") ? Deno.readFileSync(new URL(name, GOLDEN)) : new Uint8Array();
  if (bytes.length > SMALL_BYTES) continue;
  for (let at = 0; at < bytes.length; at++) {
    attempt(`${name} cut at ${at}`, bytes.subarray(0, at));
    const flipped = bytes.slice();
    flipped[at] = flipped[at]! ^ (1 << (at % 8));
    attempt(`${name} with a flipped bit at ${at}`, flipped);
  }
}
try {
  Deno.removeSync(CANARY);
  report.executed += 1;
} catch {
  // It is not there: no shell command has run.
}
report.leaked_files = [...Deno.readDirSync(Deno.args[0]!)].map(({ name }) => name);
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(report) + "\n"));
