/**
 * Prints how often 95 % intervals hold the truth, as tables for docs/statistics.md: `deno task
 * coverage`, or `deno task coverage 500` for fewer simulations. `deno task coverage 600 by_cancers` prints
 * the table alone that the report page reads (`services/scoring/report/pages/coverage.ts`), `edges` that of
 * exam level, women, ties and a nearly perfect model. The seeds are fixed.
 *
 * @module
 */
import { CANCERS, INTERVALS_BY_CANCERS, simulateByCancers } from "./by_cancers.ts";
import { EDGES, type Scenario, SCENARIOS } from "./scenarios.ts";
import { INTERVALS, simulateCoverage } from "./simulate.ts";

const simulations = Number(Deno.args[0] ?? 4000);
const replicates = 1000;
const REPLICATES_BY_CANCERS = 500;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function printScenarios(scenarios: readonly Scenario[]): Promise<void> {
  print(`\n${simulations} simulations, ${replicates} replicates`);
  print(`| interval | ${scenarios.map(({ name }) => name).join(" | ")} |`);
  print(`|---|${scenarios.map(() => "---:").join("|")}|`);
  const coverages = [];
  for (const scenario of scenarios) {
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

const only = Deno.args[1];
if (only === undefined) await printScenarios(SCENARIOS);
if (only !== "by_cancers") await printScenarios(EDGES);
if (only !== "edges") await printByCancers();
