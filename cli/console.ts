const encoder = new TextEncoder();

/** Where a command writes: results on standard output, what goes on beside it on standard error. */
export interface Console {
  /** A line of the result. */
  result(line: string): void;
  /** What goes on now: one line that changes on a terminal, a line for each change elsewhere. */
  progress(text: string): void;
  /** A line that says what is wrong. */
  complaint(line: string): void;
}

/**
 * @param isTerminal whether standard error is one
 */
export function createConsole(isTerminal: boolean): Console {
  let shown = "";
  function clear(): void {
    if (isTerminal && shown !== "") write(Deno.stderr, "\r\x1b[K");
    shown = "";
  }
  return {
    result(line): void {
      clear();
      write(Deno.stdout, `${line}\n`);
    },
    progress(text): void {
      if (text === shown) return;
      if (isTerminal) clear();
      write(Deno.stderr, isTerminal ? text : `${text}\n`);
      shown = text;
    },
    complaint(line): void {
      clear();
      write(Deno.stderr, `${line}\n`);
    },
  };
}

function write(stream: typeof Deno.stdout, text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}
