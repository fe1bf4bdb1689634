import type { AuditEntry, AuditLog } from "./audit_log.ts";

/** Entries a minute about callers that nobody knows: enough to see an attack, too few to fill a disk. */
const STRANGERS_A_MINUTE = 600;
const MINUTE_MS = 60_000;
/** Longest path that an entry keeps, in characters: the longest of ours have about 200. */
const PATH_CHARS_MAX = 1024;

/**
 * Keeps an audit log from being filled by those who are refused at the door: of theirs a minute has so many
 * entries, and the next one after it says how many were left out. What users do is always written down.
 *
 * @param now clock, in milliseconds
 * @param most entries about strangers in a minute
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
