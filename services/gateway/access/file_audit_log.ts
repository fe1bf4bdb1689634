import { dirname } from "node:path";
import { jsonLine } from "../../../shared/http/mod.ts";
import type { VolumeLayout } from "../../../shared/volume/mod.ts";
import type { AuditLog } from "./audit_log.ts";

/**
 * An audit log of JSON lines on the volume, opened for appending only. JSON escapes line ends, so
 * that no request can forge an entry.
 *
 * @param layout the volume
 */
export function createFileAuditLog(layout: VolumeLayout): AuditLog {
  return {
    async append(entry): Promise<void> {
      await Deno.mkdir(dirname(layout.audit), { recursive: true, mode: 0o700 });
      await Deno.writeTextFile(layout.audit, jsonLine(entry) + "\n", {
        append: true,
        mode: 0o600,
      });
    },
  };
}
