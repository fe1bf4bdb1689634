import type { Command } from "../command_line/mod.ts";

/** `deno task help`: the command to explain, or null for all. */
export const HELP: Command<string | null> = {
  name: "help",
  about: "Lists the commands, or shows the help of one",
  task: "help",
  hasJson: false,
  forms: [{
    positionals: [{ name: "command", about: "whose help is wanted", optional: true }],
    options: {},
  }],
  notes: "",
  examples: [
    { about: "all of them", line: "deno task help" },
    { about: "one of them", line: "deno task help evaluate" },
  ],
  read: ({ positionals }) => positionals[0] ?? null,
};
