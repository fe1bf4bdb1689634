import { type Log, SILENT_LOG } from "../../../shared/http/mod.ts";
import type { Settings } from "../../../shared/settings.ts";
import { createDamage, silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import { type Access, isOpen } from "./admit.ts";
import { boundAudit, createFileAuditLog } from "./audit_log.ts";
import { isLoopback } from "./keep_to_site.ts";
import { createOpenIdProvider } from "./open_id.ts";
import { createSlowDown } from "./slow_down.ts";
import { createVolumeTokenStore, type TokenStore } from "./token_store.ts";

/** @throws {RangeError} when other machines can reach the gateway, and nobody would have to sign in */
export async function assembleAccess(settings: Settings, log: Log = SILENT_LOG): Promise<Access> {
  const layout = volumeLayout(settings.home);
  const damage = createDamage(layout, log.warn, []);
  const tokens = createVolumeTokenStore(layout, damage);
  const access: Access = {
    tokens,
    audit: boundAudit(createFileAuditLog(layout, damage), () => performance.now()),
    provider: settings.openId === null ? null : createOpenIdProvider(settings.openId),
    damaged: damage.list,
    slowDown: createSlowDown(() => performance.now()),
  };
  const outside = reachedFromOutside(settings);
  if (outside.length > 0 && await isOpen(access)) {
    throw new RangeError(
      `Cannot listen on ${
        outside.join(" and ")
      }: there are no tokens, so anybody who can reach it could use it; ` +
        "make one with deno task token create <user> --role admin, or listen on 127.0.0.1",
    );
  }
  return access;
}

/** Opens the tokens of a volume, for the gateway and for the token commands. */
export function openTokenStore(settings: Settings): TokenStore {
  const layout = volumeLayout(settings.home);
  return createVolumeTokenStore(layout, silentDamage(layout));
}

/** The published addresses that other machines can reach. */
export function reachedFromOutside({ published }: Settings): string[] {
  return published.filter((address) => !isLoopback(address));
}
