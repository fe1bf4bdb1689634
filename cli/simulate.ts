import type { ScreeningSimulation } from "../shared/contracts/screening.ts";
import { EXIT } from "./command_line/mod.ts";
import { SIMULATE, type SimulateArguments } from "./commands/simulate.ts";
import type { Console } from "./console.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { fileAt, scoringService } from "./scoring_service.ts";

async function simulate(args: SimulateArguments, console: Console): Promise<Outcome> {
  const { site, stop } = await scoringService();
  const { of, threshold } = args;
  try {
    const score = "score" in of ? of.score : (await site.scores.create({
      data_list: await fileAt(of.dataList),
      predictions: await fileAt(of.predictions),
      bootstrap: false,
    })).id;
    const kinds = [
      "replace_second_reader",
      "replace_first_reader",
      "triage",
      "rule_out",
      "rule_in",
      "third_reader",
    ] as const;
    const simulation = await site.simulate({
      score,
      pathways: kinds.map((kind) => ({ kind, threshold })),
      truth: args.withinDays === null ? null : { within_days: args.withinDays },
      margin: args.margin === null ? {} : { sensitivity: args.margin },
    });
    printSimulation(simulation, console);
    return { exitCode: EXIT.done, document: simulation };
  } finally {
    await stop();
  }
}

function printSimulation({ baseline, pathways }: ScreeningSimulation, console: Console): void {
  const line = (name: string, of: Omit<typeof baseline, "ppv1">): string =>
    `${name.padEnd(24)}${String(of.reads).padStart(9)} reads${
      String(of.recalls).padStart(8)
    } recalls` +
    `${String(of.true_positives).padStart(6)} cancers found${
      String(of.cancers_missed).padStart(6)
    } missed`;
  console.result(console.paint("bold", `${baseline.exams} exams, ${baseline.cancers} with cancer`));
  console.result(line("today", baseline));
  for (const pathway of pathways) console.result(line(pathway.kind, pathway));
}

if (import.meta.main) await runCommand(SIMULATE, simulate);
