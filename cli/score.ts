import { basename, dirname } from "node:path";
import { EXIT } from "./command_line/mod.ts";
import { SCORE, type ScoreArguments } from "./commands/score.ts";
import type { Console } from "./console.ts";
import { filesByKind, keepScoreFiles } from "./keep_results.ts";
import { printScore } from "./print_score.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { fileAt, scoringService } from "./scoring_service.ts";

async function score(args: ScoreArguments, console: Console): Promise<Outcome> {
  const [data_list, predictions] = await Promise.all([args.dataList, args.predictions].map(fileAt));
  const { site, stop } = await scoringService();
  try {
    const upload = { data_list: data_list!, predictions: predictions!, bootstrap: args.bootstrap };
    const report = await site.scores.create(upload);
    const stem = basename(args.predictions).replace(/\.csv$/i, "");
    const kept = await keepScoreFiles(site, report, dirname(args.predictions), stem);
    printScore(report, console);
    for (const [what, path] of kept) console.result(`${what}: ${path}`);
    return { exitCode: EXIT.done, document: { score: report, files: filesByKind(kept) } };
  } finally {
    await stop();
  }
}

if (import.meta.main) await runCommand(SCORE, score);
