import { dirname } from "node:path";
import { assembleGateway } from "../services/gateway/assemble.ts";
import { readSettings } from "../shared/settings.ts";
import { EVALUATE, type EvaluateArguments } from "./commands/evaluate.ts";
import type { Console } from "./console.ts";
import { watchForInterruption } from "./interruption.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { runEvaluate } from "./run_evaluate.ts";
import { accessService, quietLog } from "./service_access.ts";

/** @throws {Failure} if there are no predictions, plots and metrics */
export async function evaluate(
  args: EvaluateArguments,
  console: Console,
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const interruption = watchForInterruption(() =>
    console.note("Left at once: GET /v1/evaluations says what became of the evaluation")
  );
  const read = (name: string): string | undefined => environment[name] ?? Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  const service = await accessService(
    read,
    () =>
      assembleGateway({
        ...settings,
        preprocessed: args.preprocessed,
        dataRoots: [...settings.dataRoots, args.images, dirname(args.dataList)],
      }, quietLog),
  );
  try {
    return await runEvaluate(args, service.site, console, interruption);
  } finally {
    await service.stop();
  }
}

if (import.meta.main) await runCommand(EVALUATE, evaluate);
