import type { Log } from "../../shared/http/mod.ts";
import type { Damage } from "../../shared/volume/mod.ts";
import type { DatasetStore } from "./dataset_store.ts";
import type { DicomVault } from "./dicom/dicom_vault.ts";
import type { ImageRenderer } from "./image_renderer/image_renderer.ts";
import type { ImageSource } from "./image_source.ts";
import type { DatasetRegistry } from "./register_dataset.ts";
import type { UploadReceiver } from "./upload_receiver.ts";

/** What the ingestion service is made of. */
export interface IngestionDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  readonly renderer: ImageRenderer;
  readonly registry: DatasetRegistry;
  readonly uploads: UploadReceiver;
  /** Keeps what requests for DICOM name patients with. */
  readonly vault: DicomVault;
  /** Base URLs of the DICOMweb services that may be asked. */
  readonly dicomweb: readonly string[];
  /** Absolute folders from which datasets may be registered. */
  readonly dataRoots: readonly string[];
  /** What was found on the volume and cannot be used. */
  readonly damage: Pick<Damage, "list">;
  readonly log: Log;
}
