import { basename, dirname } from "node:path";
import { assembleScoring } from "../services/scoring/assemble.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { readSettings } from "../shared/settings.ts";
import { call } from "./api.ts";
import { EXIT } from "./command_line/mod.ts";
import { SCORE, type ScoreArguments } from "./commands/score.ts";
import type { Console } from "./console.ts";
import { filesByKind, keepScoreFiles } from "./keep_results.ts";
import { printScore } from "./print_score.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { accessService, quietLog, type ServiceAccess } from "./service_access.ts";

async function score(args: ScoreArguments, console: Console): Promise<Outcome> {
  const form = new FormData();
  for (const [part, path] of [["data_list", args.dataList], ["predictions", args.predictions]]) {
    form.set(part!, new File([await Deno.readFile(path!)], basename(path!)));
  }
  form.set("bootstrap", JSON.stringify(args.bootstrap));
  const service = await scoringService();
  try {
    const answer = await call(service, "/v1/scores", { method: "POST", body: form });
    const report: ScoreReport = await answer.json();
    const stem = basename(args.predictions).replace(/\.csv$/i, "");
    const kept = await keepScoreFiles(service, report, dirname(args.predictions), stem);
    printScore(report, console);
    for (const [what, path] of kept) console.result(`${what}: ${path}`);
    return { exitCode: EXIT.done, document: { score: report, files: filesByKind(kept) } };
  } finally {
    await service.stop();
  }
}

/** Only the scoring service is needed: the running one, or one in this process. */
async function scoringService(): Promise<ServiceAccess> {
  const read = (name: string): string | undefined => Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  return await accessService(read, () => assembleScoring(settings, quietLog("scoring")));
}

if (import.meta.main) await runCommand(SCORE, score);
