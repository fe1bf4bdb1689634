import type { Log } from "../../shared/http/mod.ts";
import type { Damage } from "../../shared/volume/mod.ts";
import type { Compute } from "./compute/compute.ts";
import type { ScoreStore } from "./score_store.ts";
import type { StudyStore } from "./study_store.ts";

/** What the scoring service is made of. */
export interface ScoringDependencies {
  readonly store: ScoreStore;
  readonly studies: StudyStore;
  /** Names of the registered models. */
  readonly modelNames: () => readonly string[];
  /** Folder for uploads that arrive. */
  readonly uploads: string;
  /** Does whatever takes long. */
  readonly compute: Compute;
  /** Evaluations that a model author has of one model version on one dataset. */
  readonly quota: number;
  /** What was found on the volume and cannot be used. */
  readonly damage: Pick<Damage, "list">;
  readonly log: Log;
}
