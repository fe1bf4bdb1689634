import { dirname } from "node:path";
import { jsonLine } from "../../../shared/http/mod.ts";
import { isDiskFull, makeClosed, StoredFileDamaged } from "../../../shared/volume/mod.ts";
import type { Damage, VolumeLayout } from "../../../shared/volume/mod.ts";
import type { AuditLog } from "./audit_log.ts";

const NEWLINE = 0x0a;

/**
 * An append-only audit log of JSON lines on the volume. JSON escapes newlines, so no request can forge an entry. A
 * line cut off by a full volume or a kill does not corrupt the next entry.
 * @param damage reports that entries cannot be written
 */
export function createFileAuditLog(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
): AuditLog {
  const path = layout.audit;
  let hasFolder = false;
  return {
    async append(entry): Promise<void> {
      try {
        // Only once: on a busy service each await costs the request another turn in the queue.
        if (!hasFolder) await makeClosed(dirname(path));
        hasFolder = true;
        appendLine(path, jsonLine(entry));
        damage.clear(path);
      } catch (error) {
        hasFolder = false;
        if (isDiskFull(error)) throw error;
        const reason = `cannot be written (${error})`;
        damage.note(path, `${reason}: requests that cannot be recorded are refused`);
        throw new StoredFileDamaged(
          path,
          reason,
          "requests that cannot be recorded are refused; the data owner must fix this",
          error,
        );
      }
    },
  };
}

/** Synchronous, so that entries never interleave. */
function appendLine(path: string, line: string): void {
  using file = Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
  const { size } = file.statSync();
  const bytes = new TextEncoder().encode(`${endsLine(file, size) ? "" : "\n"}${line}\n`);
  file.seekSync(size, Deno.SeekMode.Start);
  try {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  } catch (error) {
    file.truncateSync(size);
    throw error;
  }
}

function endsLine(file: Deno.FsFile, size: number): boolean {
  if (size === 0) return true;
  file.seekSync(size - 1, Deno.SeekMode.Start);
  const last = new Uint8Array(1);
  return file.readSync(last) === 1 && last[0] === NEWLINE;
}
