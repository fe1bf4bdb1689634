import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { ARCHIVE_RATIO_CHECKED_FROM_BYTES, ARCHIVE_RATIO_MAX } from "../../shared/limits.ts";
import { type ImageIntake, UploadRefused } from "./image_intake.ts";

/** A tar ends with two blocks of zeros (POSIX.1-2017, pax, "ustar Interchange Format"). */
const END_BYTES = 1024;

/**
 * Unpacks a tar as it arrives.
 * @throws {UploadRefused} naming a forbidden entry
 */
export function unpackTar(content: Readable, intake: ImageIntake): Promise<void> {
  return unpackEntries(content, intake, []);
}

/**
 * Unpacks a gzipped tar as it arrives.
 * @throws {UploadRefused} naming a forbidden entry, or when it is a decompression bomb
 */
export async function unpackTarGz(content: Readable, intake: ImageIntake): Promise<void> {
  let packed = 0;
  const before = observer((chunk) => packed += chunk.length);
  let unpacked = 0;
  const after = observer((chunk) => {
    unpacked += chunk.length;
    if (unpacked > ARCHIVE_RATIO_CHECKED_FROM_BYTES && unpacked > packed * ARCHIVE_RATIO_MAX) {
      throw new UploadRefused(`it decompresses to over ${ARCHIVE_RATIO_MAX} times its size`);
    }
  });
  await unpackEntries(content, intake, [before, createGunzip(), after]);
}

async function unpackEntries(
  content: Readable,
  intake: ImageIntake,
  between: readonly Transform[],
): Promise<void> {
  const tar = extract();
  const end = createEndWatch();
  const reading = pipeline([content, ...between, observer(end.see), tar]);
  // Aborts an entry that never ends because the stream failed before a listener was attached.
  const failure = new AbortController();
  reading.catch((error) => failure.abort(error));
  try {
    for await (const entry of tar) {
      const name = (entry.header as Header).name.replace(/^(\.\/)+/, "");
      if (isWanted(name, entry.header as Header, intake)) {
        const open = (): Promise<Readable> => Promise.resolve(entry as unknown as Readable);
        await intake.take(name, open, { signal: failure.signal });
      } else entry.resume();
    }
  } catch (error) {
    throw failure.signal.aborted ? failure.signal.reason : error;
  }
  await reading;
  if (!end.isThere()) {
    throw new UploadRefused("it has no end mark, so something may be missing: send it again");
  }
}

function isWanted(name: string, { type }: Header, intake: ImageIntake): boolean {
  if (type === "directory") return name !== "" && intake.wants(`${name.replace(/\/$/, "")}/`);
  if (type === "file" || type === "contiguous-file") return intake.wants(name);
  const kind = type?.includes("link") ? "a link" : "no file";
  throw new UploadRefused(`entry ${JSON.stringify(name)} is ${kind}: send regular files only`);
}

function createEndWatch(): { see(chunk: Uint8Array): void; isThere(): boolean } {
  let zeros = 0;
  return {
    see(chunk): void {
      let at = chunk.length;
      while (at > 0 && chunk[at - 1] === 0) at -= 1;
      zeros = at === 0 ? zeros + chunk.length : chunk.length - at;
    },
    isThere: () => zeros >= END_BYTES,
  };
}

/** Passes bytes through and observes them; an error from `see` ends the stream. */
function observer(see: (chunk: Uint8Array) => void): Transform {
  return new Transform({
    transform(chunk, _encoding, done): void {
      try {
        see(chunk);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
