/**
 * Prints how often 95 % intervals hold the truth, as a table for docs/statistics.md: `deno task
 * coverage`, or `deno task coverage 500` for fewer simulations. The seeds are fixed.
 *
 * @module
 */
import { SCENARIOS } from "./scenarios.ts";
import { INTERVALS, simulateCoverage } from "./simulate.ts";

const simulations = Number(Deno.args[0] ?? 4000);
const replicates = 1000;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

print(`${simulations} simulations, ${replicates} replicates`);
print(`| interval | ${SCENARIOS.map(({ name }) => name).join(" | ")} |`);
print(`|---|${SCENARIOS.map(() => "---:").join("|")}|`);
const coverages = [];
for (const scenario of SCENARIOS) {
  coverages.push(await simulateCoverage(scenario, simulations, replicates));
}
for (const name of INTERVALS) {
  const cells = coverages.map((coverage) => `${(100 * coverage[name]).toFixed(1)} %`);
  print(`| ${name} | ${cells.join(" | ")} |`);
}
