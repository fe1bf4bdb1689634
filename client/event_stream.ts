import { EVENT_CHARACTERS_MAX } from "../shared/limits.ts";

/** A server-sent event. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  /** Last event id of the stream so far; empty if none. */
  readonly id: string;
}

/**
 * Parses server-sent events (HTML standard 9.2.6); drops a cut-off one.
 * @throws {RangeError} if one is too long
 */
export async function* readEvents(
  texts: AsyncIterable<string>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let id = "";
  let event = "";
  let data: string[] = [];
  let size = 0;
  for await (const line of linesOf(texts)) {
    size += line.length;
    if (size > EVENT_CHARACTERS_MAX) throw tooLarge();
    if (line === "") {
      if (data.length > 0) yield { event: event || "message", data: data.join("\n"), id };
      event = "";
      data = [];
      size = 0;
      continue;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
    else if (name === "id" && !value.includes("\0")) id = value;
  }
}

/** Yields complete lines without their line ends; a last line without a line end is left out. */
export async function* linesOf(
  texts: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const text of texts) {
    rest += text;
    // A trailing carriage return may be the first half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > EVENT_CHARACTERS_MAX) throw tooLarge();
  }
  if (rest.endsWith("\r")) yield rest.slice(0, -1);
}

function tooLarge(): RangeError {
  return new RangeError(
    `Cannot read the stream: over ${EVENT_CHARACTERS_MAX} characters without the end of a line or an event`,
  );
}
