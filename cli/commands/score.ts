import { resolve } from "node:path";
import type { Command } from "../command_line/mod.ts";
import { readBootstrapFlag } from "./evaluate.ts";

export interface ScoreArguments {
  readonly dataList: string;
  readonly predictions: string;
  readonly bootstrap: boolean;
}

export const SCORE: Command<ScoreArguments> = {
  name: "score",
  about: "Scores predictions that were made elsewhere, without running anything",
  task: "score",
  hasJson: true,
  forms: [{
    positionals: [
      { name: "data_list", about: "views and labels: .pkl, .json or .csv" },
      { name: "predictions.csv", about: "a row an image, or a row an exam" },
      { name: "bootstrap_flag", about: "no_bootstrap leaves the intervals out", optional: true },
    ],
    options: {},
  }],
  notes: "Plots, report and page are written beside the predictions.",
  examples: [{
    about: "what evaluate has written, scored once more",
    line: "deno task score sample_data/data.pkl /tmp/out/reference_exp1_predictions.csv",
  }],
  read({ positionals }): ScoreArguments {
    const [dataList, predictions, flag] = positionals as [string, string, string?];
    return {
      dataList: resolve(dataList),
      predictions: resolve(predictions),
      bootstrap: readBootstrapFlag(flag),
    };
  },
};
