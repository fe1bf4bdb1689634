import { createLineSplitter, runCommand } from "../engine/command.ts";
import type { FollowHooks } from "../engine/executor.ts";

/** Live output of a container. */
export interface AttachedOutput {
  /** Resolves to true when the engine has attached this process, to false when it cannot. */
  readonly opened: Promise<boolean>;
  /** Sends output to these hooks from now on, and first what was written before. */
  tell(hooks: FollowHooks): void;
  close(): void;
}

/** Time limit for attaching, in milliseconds; after it the run starts without live output. */
const ATTACH_MS = 30_000;
/** Lines buffered until there is a listener. */
const KEPT_LINES_MAX = 100;

/** Shows progress bars; the log still comes from `docker logs`. The count lags by a few megabytes at most. */
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
  // A listener that throws gets the same error from the log; it ends nothing here.
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

/** Goes through the docker client, which knows where the engine is. */
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

/** Passes on whole lines and the current text of a line that is still being overwritten. */
function createTextReader(say: (text: string) => void): (data: Uint8Array) => void {
  const decoder = new TextDecoder();
  const splitter = createLineSplitter(say, say);
  return (data) => splitter.push(decoder.decode(data, { stream: true }));
}

/** Receives the engine's answer to an attach request. */
export interface AttachListener {
  /** The engine has accepted. */
  onOpen(): void;
  /** @param stream 1 for standard output, 2 for standard error */
  onData(stream: number, data: Uint8Array): void;
}

/** Limit on the head of an answer, in bytes. */
const HEAD_BYTES_MAX = 16 * 1024;
/** Head of a frame: stream (1 byte), three zeros, length (4 bytes). */
const FRAME_HEAD_BYTES = 8;

/** Parses an HTTP head, then frames; each chunk returns false when the engine refuses. */
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
