/**
 * Prints how often 95 % intervals hold the truth, as tables for docs/statistics.md: `deno task
 * coverage`, or `deno task coverage 500` for fewer simulations. `deno task coverage 600 by_cancers` prints
 * the second table alone, which the report page reads (`services/scoring/report/pages/coverage.ts`). The
 * seeds are fixed.
 *
 * @module
 */
import { CANCERS, INTERVALS_BY_CANCERS, simulateByCancers } from "./by_cancers.ts";
import { SCENARIOS } from "./scenarios.ts";
import { INTERVALS, simulateCoverage } from "./simulate.ts";

const simulations = Number(Deno.args[0] ?? 4000);
const replicates = 1000;
const REPLICATES_BY_CANCERS = 500;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function printScenarios(): Promise<void> {
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
}

async function printByCancers(): Promise<void> {
  print(`\n${simulations} simulations, ${REPLICATES_BY_CANCERS} replicates, by number of cancers`);
  print(`| interval by exam | ${CANCERS.join(" | ")} |`);
  print(`|---|${CANCERS.map(() => "---:").join("|")}|`);
  const coverages = [];
  for (const cancers of CANCERS) {
    coverages.push(await simulateByCancers(cancers, simulations, REPLICATES_BY_CANCERS));
  }
  for (const name of INTERVALS_BY_CANCERS) {
    const cells = coverages.map((coverage) => `${(100 * coverage[name]).toFixed(1)} %`);
    print(`| ${name} | ${cells.join(" | ")} |`);
  }
}

if (Deno.args[1] !== "by_cancers") await printScenarios();
await printByCancers();
