import { type Command, EXIT } from "../command_line/mod.ts";

export const DOCTOR: Command<null> = {
  name: "doctor",
  about: "Says what works here, what does not, and what to do about it",
  task: "examine",
  hasJson: true,
  forms: [{ positionals: [], options: {} }],
  notes:
    `Asks the service that MAMMOEVAL_URL names, else one that runs at MAMMOEVAL_HOST and MAMMOEVAL_PORT, else
starts one in its own process for as long as it looks.
ok is fine, note is worth knowing, BROKEN must be put right before evaluations can run.`,
  exitCodes: { [EXIT.failed]: "something that is needed is broken" },
  examples: [
    { about: "this machine and its settings", line: "deno task doctor" },
    {
      about: "a service that runs",
      line: "MAMMOEVAL_URL=http://127.0.0.1:8000 deno task doctor --json",
    },
  ],
  read: () => null,
};
