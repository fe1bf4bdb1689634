import { resolve } from "node:path";
import type { Command } from "../command_line/mod.ts";

export interface SimulateArguments {
  /** Id of a score, or predictions with their data list. */
  readonly of:
    | { readonly score: string }
    | { readonly predictions: string; readonly dataList: string };
  readonly threshold: number;
  readonly withinDays: number | null;
  readonly margin: number | null;
  /** Decisions to compare the model's with. */
  readonly against: readonly Opponent[];
  readonly measures: boolean;
}

/** A decision on the same women, as `POST /v1/paired-decisions` takes it, but for the threshold of a score. */
type Opponent = { readonly consensus: true } | { readonly read: number } | {
  readonly score: string;
};

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
      margin: { about: "how much sensitivity may be lost, for example 0.05", value: "<share>" },
      against: {
        about:
          "also compares the model's decisions with the consensus, recorded reads by their order, or other " +
          "scores at the same threshold, for example consensus,1,2",
        value: "<decisions>",
      },
      measures: { about: "also measures AUROC, partial AUC and net benefit" },
    },
  }],
  notes:
    "Every pathway with one threshold. POST /v1/screening-simulations, /v1/paired-decisions and\n" +
    "/v1/score-analyses have more.",
  examples: [{
    about: "predictions of exams with reads",
    line: "deno task simulate examples/screening/screening_predictions.csv 0.5 " +
      "--data-list examples/screening/screening.csv",
  }, {
    about: "beside the readers, with the measures of the scores",
    line: "deno task simulate examples/screening/screening_predictions.csv 0.5 " +
      "--data-list examples/screening/screening.csv --against consensus,1 --measures",
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
      against: String(options["against"] ?? "").split(",").map((word) => word.trim())
        .filter((word) => word !== "").map(opponentOf),
      measures: options["measures"] === true,
    };
  },
};

function optionalNumber(name: string, value: string | true | undefined): number | null {
  return typeof value === "string" ? numberOf(name, value) : null;
}

function opponentOf(word: string): Opponent {
  if (word === "consensus") return { consensus: true };
  if (/^[0-9]{1,3}$/.test(word)) return { read: Number(word) };
  if (/^[0-9a-f-]{36}$/.test(word)) return { score: word };
  throw new RangeError(
    `against has ${
      JSON.stringify(word)
    }: give consensus, the order of a read, or the id of a score`,
  );
}

function numberOf(name: string, text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw new RangeError(`${name} is ${JSON.stringify(text)}, no number`);
}
