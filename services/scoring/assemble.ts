import type { Log, Service } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import { sweepAbandoned, type VolumeLayout, volumeLayout } from "../../shared/volume/mod.ts";
import { SCORING_THREADS_MAX } from "../../shared/limits.ts";
import { createApp } from "./app.ts";
import { createThreadedScorer } from "./scorer/threaded_scorer.ts";
import { createVolumeScoreStore } from "./volume_score_store.ts";
import { createVolumeStudyStore } from "./volume_study_store.ts";

/**
 * Puts the scoring service together.
 *
 * @param settings where the volume is
 * @param log where the service writes
 */
export async function assembleScoring(settings: Settings, log: Log): Promise<Service> {
  const layout = volumeLayout(settings.home);
  await Deno.mkdir(layout.scores, { recursive: true });
  await Deno.mkdir(layout.results, { recursive: true });
  await Deno.mkdir(layout.readerStudies, { recursive: true });
  const scorer = createThreadedScorer(scoringThreads());
  const app = createApp({
    store: createVolumeScoreStore(layout),
    studies: createVolumeStudyStore(layout),
    scorer,
    quota: settings.quota,
    log,
  });
  const sweeping = sweepLeftovers(layout, log);
  return {
    fetch: (request) => app.fetch(request),
    async stop(): Promise<void> {
      scorer.stop();
      await sweeping;
    },
  };
}

/** A processor is left to the thread that answers requests. */
function scoringThreads(): number {
  return Math.min(Math.max(1, navigator.hardwareConcurrency - 1), SCORING_THREADS_MAX);
}

/** Goes on beside the first requests: a volume of years has many folders. */
async function sweepLeftovers(layout: VolumeLayout, log: Log): Promise<void> {
  for (const folder of [layout.scores, layout.readerStudies, layout.results]) {
    await sweepAbandoned(folder, new Date()).catch((error) =>
      log.warn("half-written files stay until the next start", { folder, error: String(error) })
    );
  }
}
