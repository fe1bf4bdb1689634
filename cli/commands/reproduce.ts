import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import { type Command, EXIT } from "../command_line/mod.ts";

export interface ReproduceArguments {
  /** Names of models; empty: all with published numbers. */
  readonly models: readonly string[];
  /** Git repository with the sample data; null for the published one. */
  readonly mirror: string | null;
}

export const REPRODUCE: Command<ReproduceArguments> = {
  name: "reproduce",
  about: "Runs models on the metarepository's sample data and compares with its published table",
  task: "reproduce",
  hasJson: true,
  forms: [{
    positionals: [{
      name: "model",
      about: "models with a published.json; all without any",
      optional: true,
      many: true,
    }],
    options: {
      mirror: {
        about: "git repository with the commit that published.json names, for closed networks",
        value: "<url>",
      },
    },
  }],
  notes:
    `Needs git, Docker, and the internet or a mirror; models that run on a GPU use one where there is one. A line a
number: equal, differs by, or could not run because. Numbers are equal when they are to the published digits.`,
  exitCodes: { [EXIT.failed]: "a number differs, or a model could not run" },
  examples: [
    { about: "all models", line: "deno task reproduce" },
    {
      about: "two models, on a closed network",
      line: "deno task reproduce nyu_gmic nyu_glam --mirror https://git.example/metarepository",
    },
  ],
  read({ positionals, options: { mirror } }): ReproduceArguments {
    const wrong = positionals.find((name) => !SLUG_PATTERN.test(name));
    if (wrong !== undefined) throw new RangeError(`${JSON.stringify(wrong)} is no model's name`);
    return {
      models: [...new Set(positionals)],
      mirror: typeof mirror === "string" ? mirror : null,
    };
  },
};
