import { resolve } from "node:path";

/** What `score` is asked to do; all paths absolute. */
export interface ScoreArguments {
  readonly dataList: string;
  readonly predictions: string;
  readonly bootstrap: boolean;
}

/** How `score` is called. */
export const SCORE_USAGE = `usage: deno task score <data_list> <predictions.csv> [no_bootstrap]`;

/**
 * Reads the arguments of `score`.
 *
 * @param args the command line
 * @throws {SyntaxError} with the usage, when something is missing or unknown
 */
export function readScoreArguments(args: readonly string[]): ScoreArguments {
  const [dataList, predictions, flag, ...rest] = args;
  if (!dataList || !predictions || rest.length > 0) {
    throw new SyntaxError(`Cannot score: wrong arguments\n${SCORE_USAGE}`);
  }
  if (
    flag !== undefined && flag.toLowerCase() !== "no_bootstrap" &&
    flag.toLowerCase() !== "bootstrap"
  ) {
    throw new SyntaxError(
      `Cannot score: ${JSON.stringify(flag)} is not no_bootstrap\n${SCORE_USAGE}`,
    );
  }
  return {
    dataList: resolve(dataList),
    predictions: resolve(predictions),
    bootstrap: flag?.toLowerCase() !== "no_bootstrap",
  };
}
