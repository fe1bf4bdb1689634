import type { Command } from "../command_line/mod.ts";

export const DEMO: Command<null> = {
  name: "demo",
  about: "Evaluates the reference model on the sample data; needs neither Docker nor a GPU",
  task: "show the demo",
  hasJson: true,
  forms: [{ positionals: [], options: {} }],
  notes:
    "Predictions, plots and report are written to demo/ on the volume, .mammoeval unless said otherwise.",
  examples: [{ about: "as it is", line: "deno task demo" }],
  read: () => null,
};
