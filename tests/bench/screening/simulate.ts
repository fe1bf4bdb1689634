/**
 * Simulates pathways on a stored score in a process of its own, so that its memory can be told: prints seconds, those of
 * all processors, the most memory in MB, and the reads and recalls of each pathway, as JSON.
 *
 * Usage: simulate.ts <folder of the score> <request.json> <report.json>
 *
 * @module
 */
import { join } from "node:path";
import { cpuUsage } from "node:process";
import { simulateScreening } from "../../../services/scoring/screening/simulate.ts";

const [folder, request, report] = Deno.args as [string, string, string];
const start = performance.now();
const outcome = await simulateScreening(
  {
    report: JSON.parse(await Deno.readTextFile(report)),
    tuning: [],
    request: JSON.parse(await Deno.readTextFile(request)),
    curves: null,
  },
  {
    file: (_, name) => Deno.readFile(join(folder, name)).catch(() => null),
    dataList: () => Promise.resolve(null),
  },
);
if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors.slice(0, 3)));
const seconds = (performance.now() - start) / 1000;
const { user, system } = cpuUsage();
const status = await Deno.readTextFile("/proc/self/status");
const { pathways, sweep } = outcome.simulation;
Deno.stdout.writeSync(
  new TextEncoder().encode(JSON.stringify({
    seconds,
    processorSeconds: (user + system) / 1e6,
    megabytes: Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024,
    counts: [...pathways, ...sweep!.points].map((
      one,
    ) => [one.reads, one.recalls, one.true_positives]),
  })),
);
