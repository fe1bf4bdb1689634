import { silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import type { SampleSource } from "../load_samples.ts";
import { createVolumeScoreStore } from "../volume_score_store.ts";

/**
 * Makes what jobs read from.
 *
 * @param home absolute path of the volume
 */
export function assembleSource(home: string): SampleSource {
  const layout = volumeLayout(home);
  // The service itself looks through the volume, and tells of damage.
  return createVolumeScoreStore(layout, silentDamage(layout));
}
