import { silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import { createVolumeScoreStore } from "../store/volume_score_store.ts";

/** Opens the volume at the absolute path `home`, which jobs read from. */
export function assembleSource(home: string): SampleSource {
  const layout = volumeLayout(home);
  // Silent, because the service itself checks the volume and reports damage.
  return createVolumeScoreStore(layout, silentDamage(layout));
}
