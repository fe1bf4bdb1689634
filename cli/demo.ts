import { join } from "node:path";
import { readSettings } from "../shared/settings.ts";
import { EVALUATE } from "./commands/evaluate.ts";
import { DEMO } from "./commands/demo.ts";
import { evaluate } from "./evaluate.ts";
import { runCommand } from "./run_command.ts";

/** The equivalent arguments of `evaluate`. */
function demoArguments(): string[] {
  const { home } = readSettings((name) => Deno.env.get(name), Deno.cwd());
  return [
    ...["reference", "demo", "sample_data/images", join(home, "preprocessed")],
    ...["sample_data/data.pkl", join(home, "demo"), "cpu"],
  ];
}

if (import.meta.main) {
  // Without a container, so that the demo needs only Deno.
  const environment = { MAMMOEVAL_EXECUTOR: Deno.env.get("MAMMOEVAL_EXECUTOR") || "process" };
  await runCommand(DEMO, async (_, console) => {
    const args = EVALUATE.read({ word: null, positionals: demoArguments(), options: {} });
    return await evaluate(args, console, environment);
  });
}
