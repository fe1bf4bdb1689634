/** Tells whether an error says that a file system is full, or a quota used up. */
export function isDiskFull(error: unknown): boolean {
  const reason = error instanceof Error ? error.message : String(error);
  // ENOSPC is 28 and EDQUOT 122 on Linux; Deno, Node and SQLite each spell them their own way.
  return /os error (?:28|122)\b|ENOSPC|EDQUOT|database or disk is full/i.test(reason);
}
