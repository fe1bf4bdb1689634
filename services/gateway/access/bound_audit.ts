import type { AuditEntry, AuditLog } from "./audit_log.ts";

/** Entries a minute about unknown callers: enough to see an attack, too few to fill a disk. */
const STRANGERS_A_MINUTE = 600;
const MINUTE_MS = 60_000;
/** Characters of a path that an entry keeps; our longest paths have about 200. */
const PATH_CHARS_MAX = 1024;

/**
 * Limits the entries about unknown callers per minute, so that they cannot fill the disk; the next entry counts the
 * dropped ones. Entries about users are always written.
 * @param now clock, in milliseconds
 * @param most entries about unknown callers in a minute
 */
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
