import { createLineSplitter, runCommand } from "./command.ts";
import type { FollowHooks } from "./executor.ts";

/** What a container writes, as it writes it. */
export interface AttachedOutput {
  /** Settles when the engine has attached this process, or cannot. */
  readonly opened: Promise<boolean>;
  /** Tells these hooks from now on, and at once what was written before. */
  tell(hooks: FollowHooks): void;
  close(): void;
}

/** How long an engine may take to attach, in milliseconds: the run starts without it then. */
const ATTACH_MS = 30_000;
/** Lines that are kept until somebody listens. */
const KEPT_LINES_MAX = 100;

/**
 * Attaches this process to what a container writes. `docker logs` gives whole lines only, with their times and after
 * a restart too, so that it stays the source of the log; a bar that is written over by carriage returns is seen here
 * alone. The engine lets the container wait when this process does not read, so that what is counted here is at most
 * some megabytes behind what was written.
 */
export function attachOutput(container: string): AttachedOutput {
  const abort = new AbortController();
  const opened = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => opened.resolve(false), ATTACH_MS);
  let hooks: FollowHooks | null = null;
  let live = false;
  let kept: string[] = [];
  let bytes = 0;
  const say = (text: string): void => {
    if (hooks !== null) return hooks.onDraft?.(text);
    kept.push(text);
    if (kept.length > KEPT_LINES_MAX) kept.shift();
  };
  function turn(isLive: boolean): void {
    clearTimeout(timer);
    live = isLive;
    opened.resolve(isLive);
    hooks?.onLive?.(isLive);
  }
  const texts = [1, 2].map(() => createTextReader(say));
  const read = createAttachReader({
    onOpen: () => turn(true),
    onData(stream, data): void {
      bytes += data.length;
      hooks?.onBytes?.(data.length);
      texts[stream - 1]?.(data);
    },
  });
  // A listener that throws has its error from the log too, and is no reason to end anything here.
  void dial(container, abort, read).catch(() => {}).then(() => turn(false));
  return {
    opened: opened.promise,
    tell(listener): void {
      hooks = listener;
      hooks.onLive?.(live);
      if (bytes > 0) hooks.onBytes?.(bytes);
      for (const text of kept) hooks.onDraft?.(text);
      kept = [];
    },
    close: () => abort.abort(),
  };
}

/** The client knows where the engine is, and passes on what is said to it. */
async function dial(
  container: string,
  abort: AbortController,
  read: (chunk: Uint8Array) => boolean,
): Promise<void> {
  const path = `/containers/${container}/attach?stream=1&stdout=1&stderr=1`;
  const head = ["Host: docker", "Connection: Upgrade", "Upgrade: tcp", "Content-Length: 0"];
  const input = `POST ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`;
  await runCommand("docker", ["system", "dial-stdio"], {
    input,
    signal: abort.signal,
    onBytes(chunk): void {
      if (!read(chunk)) abort.abort();
    },
  });
}

/** Whole lines, and what stands in a line that is still being written over. */
function createTextReader(say: (text: string) => void): (data: Uint8Array) => void {
  const decoder = new TextDecoder();
  const splitter = createLineSplitter(say, say);
  return (data) => splitter.push(decoder.decode(data, { stream: true }));
}

/** Takes what the engine sends after it was asked to attach. */
export interface AttachListener {
  /** The engine has agreed. */
  onOpen(): void;
  /** @param stream 1 for standard output, 2 for standard error */
  onData(stream: number, data: Uint8Array): void;
}

/** Longest head of an answer, in bytes. */
const HEAD_BYTES_MAX = 16 * 1024;
/** Head of a frame: stream, three zeros, length. */
const FRAME_HEAD_BYTES = 8;

/**
 * Reads the engine's answer to a call for attaching: an HTTP head, then frames.
 *
 * @returns takes each piece of the answer; false when the engine refuses or says what is no such answer
 */
export function createAttachReader(listener: AttachListener): (chunk: Uint8Array) => boolean {
  let rest: Uint8Array = new Uint8Array();
  let open = false;
  let stream = 0;
  let missing = 0;

  function readHead(): boolean {
    const text = new TextDecoder("latin1").decode(rest.subarray(0, HEAD_BYTES_MAX));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return rest.length < HEAD_BYTES_MAX;
    if (!/^HTTP\/1\.\d (101|200)\b/.test(text)) return false;
    open = true;
    rest = rest.subarray(end + 4);
    listener.onOpen();
    return true;
  }

  return (chunk) => {
    rest = rest.length === 0 ? chunk : joined(rest, chunk);
    if (!open && !readHead()) return false;
    if (!open) return true;
    while (rest.length > 0) {
      if (missing === 0) {
        if (rest.length < FRAME_HEAD_BYTES) break;
        stream = rest[0]!;
        missing = new DataView(rest.buffer, rest.byteOffset).getUint32(4);
        rest = rest.subarray(FRAME_HEAD_BYTES);
        continue;
      }
      const data = rest.subarray(0, missing);
      listener.onData(stream, data);
      missing -= data.length;
      rest = rest.subarray(data.length);
    }
    return true;
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
