import type { Log, Service } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import {
  createDamage,
  lockVolume,
  makeClosed,
  makePassage,
  noteDamagedKey,
  sweepAbandoned,
  sweepUploads,
  type VolumeLayout,
  volumeLayout,
} from "../../shared/volume/mod.ts";
import { modelNames } from "../../shared/model_folders.ts";
import { COMPUTE_PROCESSES_MAX } from "../../shared/limits.ts";
import { createApp } from "./app.ts";
import { createProcessCompute } from "./compute/process_compute.ts";
import type { ScoreStore } from "./store/score_store.ts";
import { createVolumeStudyStore, type StudyStore } from "./store/study_store.ts";
import { createVolumeScoreStore } from "./store/volume_score_store.ts";

export async function assembleScoring(settings: Settings, log: Log): Promise<Service> {
  const layout = volumeLayout(settings.home);
  using stack = new DisposableStack();
  stack.use(await lockVolume(layout, "scoring"));
  for (const folder of [layout.scores, layout.readerStudies]) await makeClosed(folder);
  await makePassage(layout.results);
  const damage = createDamage(layout, log.warn, []);
  await sweepUploads(layout.scoreUploads, damage);
  const store = createVolumeScoreStore(layout, damage, settings.release);
  const studies = createVolumeStudyStore(layout, damage);
  const lanes = Math.min(Math.max(2, navigator.hardwareConcurrency - 1), COMPUTE_PROCESSES_MAX);
  const compute = createProcessCompute({ lanes, deno: Deno.execPath(), layout });
  const app = createApp({
    ...{ store, studies, compute, damage, uploads: layout.scoreUploads },
    modelNames: () => modelNames(settings.modelRoots),
    quota: settings.quota,
    log,
  });
  await noteDamagedKey(layout.scoreKey, damage);
  const sweeping = sweepLeftovers(layout, log).then(() => lookThrough(store, studies, log));
  const held = stack.move();
  return {
    fetch: (request) => app.fetch(request),
    async stop(): Promise<void> {
      await compute.stop();
      await sweeping;
      held.dispose();
    },
  };
}

/** Runs in parallel with the first requests, because an old volume has many folders. */
async function sweepLeftovers(layout: VolumeLayout, log: Log): Promise<void> {
  for (const folder of [layout.scores, layout.readerStudies, layout.results]) {
    await sweepAbandoned(folder, new Date()).catch((error) =>
      log.warn("incomplete files remain until the next start", { folder, error: String(error) })
    );
  }
}

/** Reads every record once, to detect damage before a request does. */
async function lookThrough(store: ScoreStore, studies: StudyStore, log: Log): Promise<void> {
  await Promise.all([store.headings(), studies.list()]).catch((error) =>
    log.warn("stored scores could not be checked", { error: String(error) })
  );
}
