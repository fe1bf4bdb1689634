import { createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { Problem } from "../../shared/http/mod.ts";
import { ARCHIVE_ENTRIES_MAX, UPLOAD_BYTES_MAX } from "../../shared/limits.ts";
import { isClutter, isPacked, refusalOf } from "./image_name.ts";

/** An upload cannot be taken; the message names the part or the entry. */
export class UploadRefused extends Problem {
  override name = "UploadRefused";

  /**
   * @param message names the part or the entry
   * @param options the cause
   */
  constructor(message: string, options: ErrorOptions = {}) {
    super("invalid_request", message, options);
  }
}

/** Takes files into one folder, each under its own name, within the bounds of one upload. */
export interface ImageIntake {
  /**
   * Counts an entry of an archive, and tells whether it is a file worth taking.
   *
   * @param name path below the folder, `/` between its parts
   * @throws {UploadRefused} when the name must not be, is there already, or there are too many
   */
  wants(name: string): boolean;
  /**
   * Writes a file that {@linkcode ImageIntake.wants} has accepted.
   *
   * @param name the same name
   * @param open gives its bytes; called when they can be listened to at once, because a stream that
   *   fails unheard would end the service
   * @param options what is known of them
   * @throws {UploadRefused} when there is too much of it, or it is damaged
   */
  take(name: string, open: () => Promise<Readable>, options?: TakeOptions): Promise<void>;
}

/** What is known of a file's bytes. */
export interface TakeOptions {
  /** CRC-32 that they must have. */
  readonly checkSum?: number;
  /** Ends the wait for them. */
  readonly signal?: AbortSignal;
}

/** What an intake takes. */
export interface ImageIntakeOptions {
  /** Which files are worth taking, by their names; the others are passed over. */
  readonly accepts?: (name: string) => boolean;
  /** Most bytes of all files together. */
  readonly bytesMax?: number;
}

/**
 * @param folder absolute path; exists
 * @param options what to take, unless it is PNGs, and how much
 */
export function createImageIntake(folder: string, options: ImageIntakeOptions = {}): ImageIntake {
  const { accepts = isPng, bytesMax = UPLOAD_BYTES_MAX } = options;
  const names = createNames();
  let entries = 0;
  let bytes = 0;

  function wants(name: string): boolean {
    entries += 1;
    if (entries > ARCHIVE_ENTRIES_MAX) {
      throw new UploadRefused(`it has over ${ARCHIVE_ENTRIES_MAX} entries`);
    }
    const shown = JSON.stringify(name);
    const refusal = refusalOf(name);
    if (refusal !== null) throw new UploadRefused(`entry ${shown}: ${refusal}`);
    if (name.endsWith("/") || isClutter(name)) return false;
    if (isPacked(name)) {
      throw new UploadRefused(
        `entry ${shown} is an archive itself: send the images in one archive`,
      );
    }
    names.claim(name);
    return accepts(name);
  }

  async function take(
    name: string,
    open: () => Promise<Readable>,
    options: TakeOptions = {},
  ): Promise<void> {
    const { checkSum, signal } = options;
    const path = join(folder, name);
    await makeFolders(folder, dirname(name));
    let sum = 0;
    const count = new Transform({
      transform(chunk, _encoding, done): void {
        bytes += chunk.length;
        sum = checkSum === undefined ? 0 : crc32(chunk, sum);
        if (bytes > bytesMax) done(new UploadRefused(`it unpacks to over ${bytesMax} bytes`));
        else done(null, chunk);
      },
    });
    const content = await open();
    // Made last: a stream to a file that nobody takes up ends the process when its folder goes.
    const file = createWriteStream(path, { flags: "wx", mode: 0o644 });
    await pipeline(content, count, file, signal === undefined ? {} : { signal });
    await chmod(path, 0o644); // the umask has taken from `mode`
    if (checkSum !== undefined && sum !== checkSum) {
      throw new UploadRefused(
        `entry ${JSON.stringify(name)} is damaged (check sum): make the archive again`,
      );
    }
  }

  return { take, wants };
}

/** Containers read what is in them as another user, whatever the umask of this process. */
async function makeFolders(folder: string, below: string): Promise<void> {
  let path = folder;
  for (const part of below.split("/").filter((part) => part !== ".")) {
    path = join(path, part);
    // One that is there has its mode already, or gets it from who has just made it.
    if (await mkdir(path, { recursive: true }) !== undefined) await chmod(path, 0o755);
  }
}

function isPng(name: string): boolean {
  return /\.png$/i.test(name);
}

/** The names of one upload, so that no file takes the place of another, on any file system. */
function createNames(): { claim(name: string): void } {
  /** By the name that a file system may reduce it to: which name it was, and of a file or a folder. */
  const taken = new Map<string, { readonly name: string; readonly isFile: boolean }>();

  function claimOne(name: string, isFile: boolean): void {
    const key = name.normalize("NFC").toLowerCase();
    const earlier = taken.get(key);
    if (earlier === undefined) {
      taken.set(key, { name, isFile });
      return;
    }
    if (!isFile && !earlier.isFile && earlier.name === name) return;
    const shown = JSON.stringify(name);
    if (earlier.name === name) {
      throw new UploadRefused(
        isFile && earlier.isFile ? `${shown} is there twice` : `${shown} is a file and a folder`,
      );
    }
    throw new UploadRefused(`${JSON.stringify(earlier.name)} and ${shown} differ only by case`);
  }

  return {
    claim(name): void {
      for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) {
        claimOne(name.slice(0, at), false);
      }
      claimOne(name, true);
    },
  };
}
