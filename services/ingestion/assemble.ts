import type { Log, Service } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import { readSiteUsers } from "../../shared/site_users.ts";
import {
  createDamage,
  lockVolume,
  makeClosed,
  noteDamagedKey,
  volumeLayout,
} from "../../shared/volume/mod.ts";
import { createApp } from "./app.ts";
import { createVolumeSealedStore } from "./dicom/volume_sealed_store.ts";
import { createFileImageSource } from "./file_image_source.ts";
import { createImageRenderer } from "./image_renderer/image_renderer.ts";
import { createMultipartUploadReceiver } from "./multipart_upload_receiver.ts";
import { createDatasetRegistry } from "./register_dataset.ts";
import { lookAtFiles, sweepDatasets } from "./sweep_datasets.ts";
import { createVolumeDatasetStore } from "./volume_dataset_store.ts";
import { createWorkerImportRunner } from "./importing/worker_import_runner.ts";

/** Assembles the ingestion service and resumes imports that were interrupted. */
export async function assembleIngestion(settings: Settings, log: Log): Promise<Service> {
  const { home, dataRoots, dicomweb, dicomwebLogins } = settings;
  const layout = volumeLayout(home);
  using stack = new DisposableStack();
  stack.use(await lockVolume(layout, "ingestion"));
  for (const folder of [layout.datasets, layout.uploads]) await makeClosed(folder);
  const damage = createDamage(layout, log.warn, ["datasets", "uploads"]);
  const store = createVolumeDatasetStore(layout, damage);
  const { users } = await readSiteUsers(settings.users);
  const runners = settings.engine === "process" ? [] : users.runners;
  const runner = createWorkerImportRunner({
    ...{ home, dataRoots, dicomweb, dicomwebLogins, runners },
  });
  const sealedStore = createVolumeSealedStore(layout);
  const images = createFileImageSource();
  const registry = createDatasetRegistry({
    ...{ store, images, runner, log, contentKey: () => sealedStore.key() },
  });
  const uploads = createMultipartUploadReceiver(layout, damage);
  await uploads.sweep();
  await noteDamagedKey(layout.pseudonymKey, damage);
  await sweepDatasets(layout, store, damage);
  await registry.resume();
  const renderer = createImageRenderer();
  const app = createApp({
    ...{
      store,
      images,
      renderer,
      registry,
      uploads,
      sealedStore,
      dicomweb,
      dataRoots,
      damage,
      log,
    },
  });
  const ending = new AbortController();
  const looking = lookAtFiles(layout, store, damage, ending.signal);
  const held = stack.move();
  return {
    fetch: (request) => app.fetch(request),
    async stop(): Promise<void> {
      ending.abort();
      renderer.stop();
      await looking;
      await registry.stop();
      held.dispose();
    },
  };
}
