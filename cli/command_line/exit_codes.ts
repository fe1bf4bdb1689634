export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  lossy: 3,
  interrupted: 130,
  unread: 141,
  terminated: 143,
} as const;

/** Meaning of each code, for the help of all commands and docs/operations.md. */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  [EXIT.done]: "done, and everything is well",
  [EXIT.failed]: "failed, or something that was checked is not right; the reason is told",
  [EXIT.usage]: "wrong arguments, or a setting that cannot be used; nothing was begun",
  [EXIT.interrupted]: "broken off by Ctrl-C (SIGINT)",
  [EXIT.unread]: "nobody read what it printed to the end (SIGPIPE)",
  [EXIT.terminated]: "broken off by SIGTERM",
};
