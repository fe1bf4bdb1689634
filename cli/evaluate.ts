import { dirname } from "node:path";
import { assembleGateway } from "../services/gateway/assemble.ts";
import { readSettings } from "../shared/settings.ts";
import { createConsole } from "./console.ts";
import { type EvaluateArguments, readEvaluateArguments } from "./evaluate_arguments.ts";
import { runEvaluate } from "./run_evaluate.ts";
import { accessService, quietLog } from "./service_access.ts";

/**
 * The whole command: services, evaluation, exit code.
 *
 * @param args what to do
 * @param environment overrides of environment variables
 * @returns the exit code
 */
export async function evaluate(
  args: EvaluateArguments,
  environment: Record<string, string> = {},
): Promise<number> {
  const console = createConsole(Deno.stderr.isTerminal());
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => abort.abort());
  }
  const read = (name: string): string | undefined => environment[name] ?? Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  try {
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
      return await runEvaluate(args, service, console, abort.signal);
    } finally {
      await service.stop();
    }
  } catch (error) {
    console.complaint(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await evaluate(readEvaluateArguments(Deno.args)));
