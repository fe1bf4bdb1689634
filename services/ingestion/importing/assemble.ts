import { volumeLayout } from "../../../shared/volume/mod.ts";
import { createDataListExamSource } from "../data_list_exam_source.ts";
import type { DatasetStore } from "../dataset_store.ts";
import { createFileImageSource } from "../file_image_source.ts";
import type { ImportDependencies } from "../import_dataset.ts";
import { createVolumeDatasetStore } from "../volume_dataset_store.ts";

/** What an import must be told of the settings, in a form that travels to a worker. */
export interface ImportPlace {
  /** Absolute path of the volume. */
  readonly home: string;
  /** Absolute folders that links may lead to. */
  readonly dataRoots: readonly string[];
}

/**
 * Makes what imports work with.
 *
 * @param place volume and data roots
 */
export function assembleImport({ home, dataRoots }: ImportPlace): ImportDependencies {
  const store: DatasetStore = createVolumeDatasetStore(volumeLayout(home));
  return {
    store,
    images: createFileImageSource(dataRoots),
    sources: { data_list: createDataListExamSource(store) },
  };
}
