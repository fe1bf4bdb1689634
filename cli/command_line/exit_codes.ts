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
  [EXIT.done]: "success",
  [EXIT.failed]: "failure, or a check that did not pass; the message gives the reason",
  [EXIT.usage]: "wrong arguments or an unusable setting; nothing was started",
  [EXIT.interrupted]: "interrupted by Ctrl-C (SIGINT)",
  [EXIT.unread]: "the reader of the output closed it early (SIGPIPE)",
  [EXIT.terminated]: "terminated by SIGTERM",
};
