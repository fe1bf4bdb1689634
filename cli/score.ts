import { basename, dirname } from "node:path";
import { assembleScoring } from "../services/scoring/assemble.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { readSettings } from "../shared/settings.ts";
import { ApiError, call } from "./api.ts";
import { createConsole } from "./console.ts";
import { keepScoreFiles } from "./keep_results.ts";
import { printScore } from "./print_score.ts";
import { readScoreArguments, type ScoreArguments } from "./score_arguments.ts";
import { accessService, quietLog, type ServiceAccess } from "./service_access.ts";

async function score(args: ScoreArguments): Promise<number> {
  const console = createConsole(Deno.stderr.isTerminal());
  try {
    const service = await scoringService();
    const form = new FormData();
    form.set("data_list", new File([await Deno.readFile(args.dataList)], basename(args.dataList)));
    form.set(
      "predictions",
      new File([await Deno.readFile(args.predictions)], basename(args.predictions)),
    );
    form.set("bootstrap", JSON.stringify(args.bootstrap));
    const answer = await call(service, "/v1/scores", { method: "POST", body: form });
    const report: ScoreReport = await answer.json();
    const stem = basename(args.predictions).replace(/\.csv$/i, "");
    const kept = await keepScoreFiles(service, report, dirname(args.predictions), stem);
    printScore(report, console);
    for (const [what, path] of kept) console.result(`${what}: ${path}`);
    return 0;
  } catch (error) {
    console.complaint(error instanceof Error ? error.message : String(error));
    if (error instanceof ApiError) {
      for (const { message } of error.faults) console.complaint(`  ${message}`);
    }
    return 1;
  }
}

/** Only the scoring service is needed: the running one, or one in this process. */
async function scoringService(): Promise<ServiceAccess> {
  const read = (name: string): string | undefined => Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  return await accessService(read, () => assembleScoring(settings, quietLog("scoring")));
}

if (import.meta.main) Deno.exit(await score(readScoreArguments(Deno.args)));
