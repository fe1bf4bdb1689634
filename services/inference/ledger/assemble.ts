import type { Settings } from "../../../shared/settings.ts";
import { lockVolume, volumeLayout } from "../../../shared/volume/mod.ts";
import { rebuildLedger, type RebuiltLedger } from "./rebuild_ledger.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";

/** Rebuilds a volume's ledger under a lock; throws {@link VolumeInUse} while inference runs on it. */
export async function rebuildVolumeLedger({ home }: Settings): Promise<RebuiltLedger> {
  const layout = volumeLayout(home);
  using _lock = await lockVolume(layout, "inference");
  return await rebuildLedger(layout, openSqliteLedger, new Date());
}
