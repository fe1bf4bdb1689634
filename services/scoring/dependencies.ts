import type { Log } from "../../shared/http/mod.ts";
import type { Damage } from "../../shared/volume/mod.ts";
import type { Compute } from "./compute/compute.ts";
import type { ScoreStore } from "./store/score_store.ts";
import type { StudyStore } from "./store/study_store.ts";

export interface ScoringDependencies {
  readonly store: ScoreStore;
  readonly studies: StudyStore;
  readonly modelNames: () => readonly string[];
  /** Folder for incoming uploads. */
  readonly uploads: string;
  readonly compute: Compute;
  /** Evaluations per model version and dataset that a model author may request. */
  readonly quota: number;
  /** Damage found on the volume. */
  readonly damage: Pick<Damage, "list">;
  readonly log: Log;
}
