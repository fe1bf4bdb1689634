import type { Command } from "../command_line/mod.ts";

export const REBUILD_LEDGER: Command<null> = {
  name: "rebuild-ledger",
  about: "Rebuilds the ledger from the results after damage or loss",
  task: "rebuild the ledger",
  hasJson: true,
  forms: [{ positionals: [], options: {} }],
  notes:
    `Stop mammoeval first. Every evaluation that has ended left evaluation.json beside its results; the new ledger
has those. Lost are evaluations that were under way, webhook messages, answers kept for Idempotency-Key, and
uses of data by evaluations that were deleted, which quotas count. A backup of the ledger has them all: restore
it where there is one. The old ledger stays beside the new one.`,
  examples: [{ about: "after a refusal to start", line: "deno task rebuild-ledger" }],
  read: () => null,
};
