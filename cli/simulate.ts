import type { Site } from "../client/mod.ts";
import type { PairedDecisions } from "../shared/contracts/paired_decisions.ts";
import type { ScoreAnalysis } from "../shared/contracts/score_analyses.ts";
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
    const asked: Asked = {
      score,
      truth: args.withinDays === null ? null : { within_days: args.withinDays },
      margin: args.margin === null ? {} : { sensitivity: args.margin },
    };
    const pathways = kinds.map((kind) => ({ kind, threshold }));
    const simulation = await site.simulate({ ...asked, pathways });
    printSimulation(simulation, console);
    const paired = await compareDecisions(site, asked, args, console);
    const analysis = args.measures ? await measure(site, asked, threshold, console) : null;
    return {
      exitCode: EXIT.done,
      document: {
        ...simulation,
        ...(paired === null ? {} : { paired_decisions: paired }),
        ...(analysis === null ? {} : { analysis }),
      },
    };
  } finally {
    await stop();
  }
}

/** What the three requests share. */
interface Asked {
  readonly score: string;
  readonly truth: { readonly within_days: number } | null;
  readonly margin: { readonly sensitivity?: number };
}

async function compareDecisions(
  site: Site,
  asked: Asked,
  { against, threshold }: SimulateArguments,
  console: Console,
): Promise<PairedDecisions | null> {
  if (against.length === 0) return null;
  const paired = await site.compareDecisions({
    ...asked,
    comparisons: against.map((other) => ({
      first: { threshold },
      second: "score" in other ? { ...other, threshold } : other,
    })),
  });
  for (const [at, pair] of paired.comparisons.entries()) {
    const other = against[at]!;
    const name = "read" in other
      ? `read ${other.read}`
      : "score" in other
      ? `score ${other.score}`
      : "the consensus";
    console.result(console.paint("bold", `the model against ${name}, ${pair.count} exams`));
    for (const measure of ["sensitivity", "specificity"] as const) {
      const { first, second, tango, p_holm: p } = pair[measure];
      console.result(
        `${measure.padEnd(24)}${shareText(first)} and ${shareText(second)}, difference from ` +
          `${shareText(tango?.[0])} to ${shareText(tango?.[1])}, p by Holm ${shareText(p)}`,
      );
    }
  }
  return paired;
}

async function measure(
  site: Site,
  { score, truth }: Asked,
  threshold: number,
  console: Console,
): Promise<ScoreAnalysis> {
  const isProbability = threshold >= 0 && threshold < 1;
  const analysis = await site.analyse({
    score,
    truth,
    thresholds: [threshold],
    net_benefit: isProbability ? { thresholds: [threshold] } : null,
    partial_auc: [
      { focus: "specificity", from: 0.9, to: 1 },
      { focus: "sensitivity", from: 0.8, to: 1 },
    ],
  });
  const { auroc, partial_auc: parts, net_benefit: benefits } = analysis.results[0]!;
  console.result(console.paint("bold", "measures of the scores"));
  console.result(`${"AUROC".padEnd(24)}${shareText(auroc.value)}`);
  for (const { focus, from, to, corrected } of parts) {
    console.result(
      `${"partial AUC".padEnd(24)}${shareText(corrected)} at ${focus} ${from} to ${to}`,
    );
  }
  for (const { model, all } of benefits ?? []) {
    console.result(
      `${"net benefit".padEnd(24)}${shareText(model.net_benefit)}, of recalling all ` +
        shareText(all.net_benefit),
    );
  }
  return analysis;
}

function shareText(value: number | null | undefined): string {
  return value?.toFixed(3) ?? "undefined";
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
