import { DICOM_CONVERTERS_MAX, DICOM_FILE_PATIENCE_S } from "../../../shared/limits.ts";
import { silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import { fileURLToPath } from "node:url";
import { createDataListExamSource } from "../data_list_exam_source.ts";
import type { DatasetStore } from "../dataset_store.ts";
import { createDicomwebPacs } from "../dicom/dicomweb_pacs.ts";
import type { Pacs } from "../dicom/pacs.ts";
import { fetchWithLogin } from "../dicom/pacs_logins.ts";
import { createProcessDicomConverter } from "../dicom/process_dicom_converter.ts";
import { createVolumeSealedStore } from "../dicom/volume_sealed_store.ts";
import { createDicomExamSource } from "../dicom_exam_source.ts";
import { createFileImageSource } from "../file_image_source.ts";
import { askKernel } from "../kernel_access.ts";
import type { Runner } from "../../../shared/site_users.ts";
import type { ImportDependencies } from "../import_dataset.ts";
import { createVolumeDatasetStore } from "../volume_dataset_store.ts";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Settings that an import needs, in a form that can be sent to a worker. */
export interface ImportPlace {
  /** Absolute path of the volume. */
  readonly home: string;
  /** Absolute folders from which datasets may be registered. */
  readonly dataRoots: readonly string[];
  /** Users that containers may run as; none when models run as the service's user. */
  readonly runners: readonly Runner[];
  /** Base URLs of the DICOMweb services that may be queried. */
  readonly dicomweb: readonly string[];
  /** Absolute path of the file with their logins; "" for none. */
  readonly dicomwebLogins: string;
}

export function assembleImport(
  { home, dataRoots, dicomweb, dicomwebLogins, runners }: ImportPlace,
): ImportDependencies {
  const layout = volumeLayout(home);
  const store: DatasetStore = createVolumeDatasetStore(layout, silentDamage(layout));
  const sealedStore = createVolumeSealedStore(layout);
  const dicom = createDicomExamSource({
    sealedStore,
    makePacs(url): Pacs {
      if (dicomweb.includes(url)) {
        return createDicomwebPacs(url, fetchWithLogin(dicomwebLogins, url));
      }
      throw new RangeError("Cannot query the PACS: MAMMOEVAL_DICOMWEB no longer lists it");
    },
    makeConverter: (source, target, scratch) =>
      createProcessDicomConverter({
        deno: Deno.execPath(),
        project: PROJECT,
        // A permission flag cannot contain a folder with a comma, so the data roots become readable instead.
        readable: source.includes(",") ? dataRoots : [source],
        writable: target,
        scratch,
        patienceS: DICOM_FILE_PATIENCE_S,
        lanes: Math.min(navigator.hardwareConcurrency, DICOM_CONVERTERS_MAX),
      }),
  });
  return {
    store,
    runners,
    askKernel,
    images: createFileImageSource(),
    sources: { data_list: createDataListExamSource(store), dicom },
    digestKey: () => sealedStore.key(),
  };
}
