import type { Log, Service } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import { volumeLayout } from "../../shared/volume/mod.ts";
import { createApp } from "./app.ts";
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
  const app = createApp({
    store: createVolumeScoreStore(layout),
    studies: createVolumeStudyStore(layout),
    quota: settings.quota,
    log,
  });
  return { fetch: (request) => app.fetch(request), stop: () => Promise.resolve() };
}
