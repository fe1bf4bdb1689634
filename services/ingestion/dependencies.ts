import type { Log } from "../../shared/http/mod.ts";
import type { Damage } from "../../shared/volume/mod.ts";
import type { DatasetStore } from "./dataset_store.ts";
import type { SealedStore } from "./dicom/sealed_store.ts";
import type { ImageRenderer } from "./image_renderer/image_renderer.ts";
import type { ImageSource } from "./image_source.ts";
import type { DatasetRegistry } from "./register_dataset.ts";
import type { UploadReceiver } from "./upload_receiver.ts";

export interface IngestionDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  readonly renderer: ImageRenderer;
  readonly registry: DatasetRegistry;
  readonly uploads: UploadReceiver;
  /** Stores the parts of DICOM requests that identify patients. */
  readonly sealedStore: SealedStore;
  /** Base URLs of the DICOMweb services that may be queried. */
  readonly dicomweb: readonly string[];
  /** Absolute folders from which datasets may be registered. */
  readonly dataRoots: readonly string[];
  /** Files on the volume that were found damaged. */
  readonly damage: Pick<Damage, "list">;
  readonly log: Log;
}
