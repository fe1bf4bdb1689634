import { resolve } from "node:path";
import type { Command } from "../command_line/mod.ts";

/** Arguments of `simulate`; all paths are absolute. */
export interface SimulateArguments {
  /** Id of a score, or predictions with their data list. */
  readonly of:
    | { readonly score: string }
    | { readonly predictions: string; readonly dataList: string };
  readonly threshold: number;
  readonly withinDays: number | null;
  readonly margin: number | null;
}

/** `deno task simulate`. */
export const SIMULATE: Command<SimulateArguments> = {
  name: "simulate",
  about: "Simulates what a screening programme would do with a model: reads, recalls, cancers",
  task: "simulate",
  hasJson: true,
  forms: [{
    positionals: [
      { name: "score|predictions.csv", about: "id of a score, or predictions to be scored first" },
      { name: "threshold", about: "the model recalls what scores at or above it" },
    ],
    options: {
      "data-list": {
        about: "exams with reads and outcomes, where predictions are given",
        value: "<file>",
      },
      "within-days": { about: "cancer means a cancer within so many days", value: "<n>" },
      margin: { about: "how much sensitivity may be lost, 0.05 say", value: "<share>" },
    },
  }],
  notes:
    "Every pathway that the recorded reads allow, at one threshold. POST /v1/screening-simulations has more.",
  examples: [{
    about: "predictions of exams with reads",
    line: "deno task simulate examples/screening/screening_predictions.csv 0.5 " +
      "--data-list examples/screening/screening.csv",
  }],
  read({ positionals, options }): SimulateArguments {
    const [of, threshold] = positionals as [string, string];
    const dataList = options["data-list"];
    return {
      of: typeof dataList === "string"
        ? { predictions: resolve(of), dataList: resolve(dataList) }
        : { score: of },
      threshold: numberOf("threshold", threshold),
      withinDays: optionalNumber("within-days", options["within-days"]),
      margin: optionalNumber("margin", options["margin"]),
    };
  },
};

function optionalNumber(name: string, value: string | true | undefined): number | null {
  return typeof value === "string" ? numberOf(name, value) : null;
}

function numberOf(name: string, text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw new RangeError(`${name} is ${JSON.stringify(text)}, no number`);
}
