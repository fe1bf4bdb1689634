/**
 * Prints how the service does under load; ends with 1 when an answer was wrong.
 *
 * Usage: run.ts [--hostile] [requests a second] [seconds] [evaluations]
 *
 * With --hostile the same load runs twice, the second time beside one user with uploads that do not arrive and
 * comparisons without end; prints the p99 of both.
 *
 * @module
 */
import { type KindResult, type LoadResult, runLoad, summaryOf } from "./load.ts";
import { memorySlope, type ProcessLook } from "./watch_process.ts";

const isHostile = Deno.args.includes("--hostile");
const numbers = Deno.args.filter((word) => word !== "--hostile").map(Number);
const [rate = 300, seconds = isHostile ? 30 : 60, evaluations = 5] = numbers;
const before = Deno.loadavg()[0]!.toFixed(1);
const alone = isHostile ? await runLoad({ rate, seconds, evaluations }) : null;
const result = await runLoad({ rate, seconds, evaluations, hostile: isHostile });
const { kinds, service } = result;
const all = kinds.flatMap(({ times }) => times);
const errors = kinds.flatMap(({ name, errors }) =>
  [...errors].map(([what, count]) => `  ${count} of ${name}: ${what}`)
);
const errorCount = kinds.reduce((sum, kind) => sum + countErrors(kind), 0);
const lines = [
  `${rate} requests a second for ${seconds} s, ${evaluations} evaluations at a time ` +
  `(${result.evaluationsEnded} ended); ${navigator.hardwareConcurrency} processors, load before: ${before}`,
  row("", ["requests", "errors", "p50 ms", "p95 ms", "p99 ms", "longest"]),
  ...kinds.map((kind) => kindRow(kind)),
  kindRow({ name: "all", times: all, due: [], errors: new Map([["", errorCount]]) }),
  slowestSeconds(kinds),
  ...memoryLines(service),
  processorLine(result),
  ...(alone === null ? [] : hostileLines(alone, result)),
  `errors: ${errorCount}`,
  ...errors,
];
Deno.stdout.writeSync(new TextEncoder().encode(lines.join("\n") + "\n"));
Deno.exit(errorCount === 0 ? 0 : 1);

function countErrors({ errors }: KindResult): number {
  return [...errors.values()].reduce((sum, count) => sum + count, 0);
}

function kindRow(kind: KindResult): string {
  const { p50, p95, p99, longest } = summaryOf(kind.times);
  return row(kind.name, [kind.times.length, countErrors(kind), p50, p95, p99, longest]);
}

function hostileLines(alone: LoadResult, beside: LoadResult): string[] {
  const [without, with_] = [alone, beside].map(({ kinds }) =>
    summaryOf(kinds.flatMap(({ times }) => times)).p99
  );
  const told = [...beside.hostile ?? []].map(([status, count]) => `${count} of ${status}`);
  return [
    `p99 of the others: ${without} ms without, ${with_} ms beside the hostile user ` +
    `(${(with_! / without!).toFixed(1)} times)`,
    `the hostile user was answered: ${told.join(", ") || "nothing"}`,
  ];
}

function row(name: string, cells: readonly (string | number)[]): string {
  return [name.padEnd(18), ...cells.map((cell) => String(cell).padStart(8))].join(" ");
}

/** Where the longest times come from: one long stall, or all of the time. */
function slowestSeconds(kinds: readonly KindResult[]): string {
  const longest = new Map<number, number>();
  for (const { times, due } of kinds.filter(({ name }) => name !== "upload to score")) {
    times.forEach((time, at) => {
      const second = Math.floor(due[at]!);
      longest.set(second, Math.max(longest.get(second) ?? 0, time));
    });
  }
  const worst = [...longest].sort(([, a], [, b]) => b - a).slice(0, 5);
  const shown = worst.map(([second, time]) => `${second} s (${Math.round(time)} ms)`);
  return `slowest seconds, uploads left out: ${shown.join(", ")}`;
}

function memoryLines(looks: readonly ProcessLook[]): string[] {
  const at = (share: number): number =>
    Math.round(looks[Math.floor((looks.length - 1) * share)]!.rssMib);
  const most = Math.round(Math.max(...looks.map(({ rssMib }) => rssMib)));
  return [
    `memory of the service (RSS) in MiB: start ${at(0)}, quarter ${at(0.25)}, middle ${at(0.5)}, ` +
    `three quarters ${at(0.75)}, end ${at(1)}, most ${most}`,
    `  in the second half ${memorySlope(looks).toFixed(0)} MiB a minute`,
  ];
}

function processorLine({ service, senderLateMs }: LoadResult): string {
  const [first, last] = [service[0]!, service.at(-1)!];
  const used = last.cpuS - first.cpuS;
  return `processor time of the service: ${used.toFixed(1)} s in ${
    (last.at - first.at).toFixed(1)
  } s, ${(used / all.length * 1000).toFixed(2)} ms a request; the sender was late by at most ${
    Math.round(senderLateMs)
  } ms`;
}
