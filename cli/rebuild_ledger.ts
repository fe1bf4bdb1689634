import { rebuildVolumeLedger } from "../services/inference/ledger/assemble.ts";
import { readSettings } from "../shared/settings.ts";
import { EXIT } from "./command_line/mod.ts";
import { REBUILD_LEDGER } from "./commands/rebuild_ledger.ts";
import type { Console } from "./console.ts";
import { type Outcome, runCommand } from "./run_command.ts";

async function rebuild(_: null, console: Console): Promise<Outcome> {
  const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
  const { evaluations, leftOut, old } = await rebuildVolumeLedger(settings);
  for (const line of leftOut) console.note(`left out: ${line}`);
  if (old !== null) console.note(`the old ledger is ${old}`);
  console.result(`The ledger has ${evaluations} evaluations now; ${leftOut.length} were left out`);
  return { exitCode: EXIT.done, document: { evaluations, left_out: leftOut, old } };
}

if (import.meta.main) await runCommand(REBUILD_LEDGER, rebuild);
