import { resolve } from "node:path";
import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import type { Command } from "../command_line/mod.ts";

export interface NewModelArguments {
  readonly name: string;
  /** Absolute path of the parent folder; null for the project's models. */
  readonly root: string | null;
}

export const NEW_MODEL: Command<NewModelArguments> = {
  name: "new-model",
  about: "Makes a model folder that passes the check and scores nothing yet",
  task: "make a model",
  hasJson: true,
  forms: [{
    positionals: [
      { name: "name", about: "of the model: letters, digits, dots, dashes, underscores" },
      { name: "models_folder", about: "where its folder is made; default models/", optional: true },
    ],
    options: {},
  }],
  notes: "",
  examples: [{
    about: "a folder of its own, to be named in MAMMOEVAL_MODELS",
    line: "deno task new-model my_model /tmp/models",
  }],
  read({ positionals }): NewModelArguments {
    const [name, root] = positionals as [string, string?];
    if (!SLUG_PATTERN.test(name)) {
      throw new RangeError(
        `${JSON.stringify(name)} is no name: it has 1 to 64 letters, digits, dots, dashes or ` +
          "underscores",
      );
    }
    return { name, root: root ? resolve(root) : null };
  },
};
