import { dirname } from "node:path";
import { jsonLine } from "../../../shared/http/mod.ts";
import { isDiskFull, makeClosed, StoredFileDamaged } from "../../../shared/volume/mod.ts";
import type { Damage, VolumeLayout } from "../../../shared/volume/mod.ts";
/** One audited request. A change has two entries of one `request_id`: before it, without a status, and after. */
export interface AuditEntry {
  readonly at: string;
  /** Name of the user; null for an unknown caller. */
  readonly user: string | null;
  /** Id of the token; null without a valid one. */
  readonly token: string | null;
  readonly method: string;
  readonly path: string;
  /** Of the answer; null before it is known. */
  readonly status: number | null;
  readonly refusal: string | null;
  readonly request_id: string;
  /** How many entries about unknown callers were dropped before this one because of the limit. */
  readonly left_out?: number;
}

/** The append-only audit log. */
export interface AuditLog {
  /** Appends one entry atomically; if it throws, the audited request must not be executed. */
  append(entry: AuditEntry): Promise<void>;
}

/** Entries a minute about unknown callers: enough to see an attack, too few to fill a disk. */
const STRANGERS_A_MINUTE = 600;
const MINUTE_MS = 60_000;
/** Characters of a path that an entry keeps; our longest paths have about 200. */
const PATH_CHARS_MAX = 1024;

/** Limits entries about unknown callers per minute, and counts the rest; entries about users are always written. */
export function boundAudit(
  log: AuditLog,
  now: () => number,
  most: number = STRANGERS_A_MINUTE,
): AuditLog {
  let began = now();
  let written = 0;
  let leftOut = 0;

  return {
    async append(entry): Promise<void> {
      const isOver = now() - began >= MINUTE_MS;
      if (isOver) [began, written] = [now(), 0];
      if (entry.user === null && ++written > most) {
        leftOut++;
        return;
      }
      const told: Pick<AuditEntry, "left_out"> = leftOut > 0 && isOver ? { left_out: leftOut } : {};
      if (told.left_out !== undefined) leftOut = 0;
      await log.append({ ...entry, path: entry.path.slice(0, PATH_CHARS_MAX), ...told });
    },
  };
}

const NEWLINE = 0x0a;

/** JSON lines on the volume. JSON escapes newlines, so no request can forge an entry. */
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
