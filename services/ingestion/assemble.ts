import type { Log, Service } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import { volumeLayout } from "../../shared/volume/mod.ts";
import { createApp } from "./app.ts";
import { createVolumeDicomVault } from "./dicom/volume_dicom_vault.ts";
import { createMultipartUploadReceiver } from "./multipart_upload_receiver.ts";
import { createDatasetRegistry } from "./register_dataset.ts";
import { createVolumeDatasetStore } from "./volume_dataset_store.ts";
import { createWorkerImportRunner } from "./worker_import_runner.ts";

/**
 * Puts the ingestion service together and takes up imports that were interrupted.
 *
 * @param settings where the volume and the data roots are
 * @param log where the service writes
 */
export async function assembleIngestion(settings: Settings, log: Log): Promise<Service> {
  const { home, dataRoots, dicomweb } = settings;
  const layout = volumeLayout(home);
  await Deno.mkdir(layout.datasets, { recursive: true });
  const store = createVolumeDatasetStore(layout);
  const runner = createWorkerImportRunner({ home, dataRoots, dicomweb });
  const registry = createDatasetRegistry({ store, runner, log });
  const uploads = createMultipartUploadReceiver(layout);
  await uploads.sweep();
  await registry.resume();
  const vault = createVolumeDicomVault(layout);
  const app = createApp({ store, registry, uploads, vault, dicomweb, dataRoots, log });
  return { fetch: (request) => app.fetch(request), stop: () => registry.stop() };
}
