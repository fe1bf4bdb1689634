/**
 * Prints how the service does under load; ends with 1 when an answer was wrong.
 *
 * Usage: run.ts [requests a second] [seconds] [evaluations]
 *
 * @module
 */
import { runLoad, summaryOf } from "./load.ts";

const [rate = 300, seconds = 60, evaluations = 5] = Deno.args.map(Number);
const before = Deno.loadavg()[0]!.toFixed(1);
const result = await runLoad({ rate, seconds, evaluations });
const lines = result.kinds.map(({ name, times }) => {
  const { p50, p99 } = summaryOf(times);
  return `${name.padEnd(18)} ${String(times.length).padStart(6)} p50 ${p50} ms  p99 ${p99} ms`;
});
const all = summaryOf(result.kinds.flatMap(({ times }) => times));
const { rssMib } = result;
const part = Math.ceil(rssMib.length / 6);
const rss = rssMib.filter((_, at) => at % part === 0 || at === rssMib.length - 1);
const text = [
  `${rate} requests a second for ${seconds} s, ${evaluations} evaluations at a time ` +
  `(${result.evaluationsEnded} ended), load of the machine before: ${before}`,
  ...lines,
  `all: p50 ${all.p50} ms, p99 ${all.p99} ms; errors ${result.errorCount}`,
  `memory of the service in MiB over time: ${rss.join(" ")}`,
  ...result.errors,
];
Deno.stdout.writeSync(new TextEncoder().encode(text.join("\n") + "\n"));
Deno.exit(result.errorCount === 0 ? 0 : 1);
