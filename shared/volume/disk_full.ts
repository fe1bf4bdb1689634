/** Returns whether an error means that a file system is full or a quota is exhausted. */
export function isDiskFull(error: unknown): boolean {
  const reason = error instanceof Error ? error.message : String(error);
  // ENOSPC is 28 and EDQUOT 122 on Linux; Deno, Node and SQLite word them differently.
  return /os error (?:28|122)\b|ENOSPC|EDQUOT|database or disk is full/i.test(reason);
}
