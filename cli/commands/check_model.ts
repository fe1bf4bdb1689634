import { basename, dirname, resolve } from "node:path";
import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import type { Command } from "../command_line/mod.ts";

export interface CheckModelArguments {
  readonly folder: string;
  readonly model: string;
  /** Absolute path of the folder that holds the model folder. */
  readonly root: string;
  /** Also runs it in parts. */
  readonly shards: boolean;
}

export const CHECK_MODEL: Command<CheckModelArguments> = {
  name: "check-model",
  about: "Checks a model folder: files, build, two runs on the sample data, predictions",
  task: "check",
  hasJson: true,
  forms: [{
    positionals: [{ name: "model_folder", about: "for example models/reference" }],
    options: {
      shards: { about: "also runs it in three parts, which must give the same predictions" },
    },
  }],
  notes:
    `Says everything that is wrong, not just the first. Where no Docker engine answers, only the reference
model can run, and what needs a container is skipped. The service that MAMMOEVAL_URL names checks the
model of the folder's name that it knows itself.`,
  examples: [
    {
      about: "the model that comes with the project",
      line: "deno task check-model models/reference",
    },
    {
      about: "whether its exams may be divided",
      line: "deno task check-model models/reference --shards",
    },
  ],
  read({ positionals, options }): CheckModelArguments {
    const folder = resolve(positionals[0]!);
    const model = basename(folder);
    if (!SLUG_PATTERN.test(model)) {
      throw new RangeError(
        `${folder}: a model folder's name has 1 to 64 letters, digits, dots, dashes or underscores`,
      );
    }
    return { folder, model, root: dirname(folder), shards: options["shards"] === true };
  },
};
