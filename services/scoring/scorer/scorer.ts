import type { DrawnFile, Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import type { ScoreOutcome, ScoreRequest } from "../score_predictions.ts";

/** What a report's plot is drawn from. */
export interface DrawRequest {
  readonly report: ScoreReport;
  readonly level: Level;
  readonly file: DrawnFile;
}

/** The work of scoring that takes long enough to keep others waiting. */
export interface Scorer {
  /**
   * Scores predictions, as `scorePredictions` says.
   *
   * @throws {Problem} `unavailable` where too much waits already
   */
  score(request: ScoreRequest): Promise<ScoreOutcome>;
  /** Draws a plot, as `drawOnRequest` says. */
  draw(request: DrawRequest): Promise<Uint8Array | null>;
  /** Ends it; what is under way is given up. */
  stop(): void;
}
