import { createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { Problem } from "../../shared/http/mod.ts";
import { ARCHIVE_ENTRIES_MAX, UPLOAD_BYTES_MAX } from "../../shared/limits.ts";

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
  /** How many files were taken, and passed over; how many of those are named as DICOM files are. */
  counts(): { readonly taken: number; readonly others: number; readonly named: number };
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
  const counts = { taken: 0, others: 0, named: 0 };

  function wants(given: string): boolean {
    const name = plainName(given);
    entries += 1;
    if (entries > ARCHIVE_ENTRIES_MAX) {
      throw new UploadRefused(`it has over ${ARCHIVE_ENTRIES_MAX} entries`);
    }
    const shown = JSON.stringify(name);
    const refusal = given === "./" ? null : refusalOf(name);
    if (refusal !== null) throw new UploadRefused(`entry ${shown}: ${refusal}`);
    if (name === "" || name.endsWith("/") || isClutter(name)) return false;
    if (isPacked(name)) {
      throw new UploadRefused(
        `entry ${shown} is an archive itself: send the images in one archive`,
      );
    }
    names.claim(name);
    if (accepts(name)) return true;
    counts.others += 1;
    if (DICOM_NAME.test(posix.basename(name))) counts.named += 1;
    return false;
  }

  async function take(
    name: string,
    open: () => Promise<Readable>,
    options: TakeOptions = {},
  ): Promise<void> {
    const { checkSum, signal } = options;
    counts.taken += 1;
    const path = join(folder, plainName(name));
    await makeFolders(folder, dirname(plainName(name)));
    let sum = 0;
    const count = new Transform({
      transform(chunk, _encoding, done): void {
        bytes += chunk.length;
        sum = checkSum === undefined ? 0 : crc32(chunk, sum);
        if (bytes > bytesMax) done(new UploadRefused(`it decompresses to over ${bytesMax} bytes`));
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
        `entry ${JSON.stringify(name)} is damaged (checksum): create the archive again`,
      );
    }
  }

  return { take, wants, counts: () => counts };
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

/** A name without `./` in front; the ending of an image in small letters, as lists of images mean it. */
function plainName(name: string): string {
  return name.replace(/^(?:\.\/)+/, "").replace(/\.png$/i, ".png");
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
        isFile && earlier.isFile ? `${shown} is repeated` : `${shown} is a file and a folder`,
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

/** How files of DICOM are called: with an ending of their own, or with none. */
const DICOM_NAME = /^[^.]+$|\.(dcm|dicom|ima)$/i;
/** Longest name in an upload: what a file path can be, with room for the volume's own. */
const NAME_LENGTH_MAX = 512;

/**
 * Says what is wrong with a file name that an upload or an archive carries.
 *
 * @param name as it stands in the upload, with `/` between folders, without `./` in front
 * @returns the reason to refuse it, or null when it may become a file below the images folder
 */
function refusalOf(name: string): string | null {
  if (name === "" || name.length > NAME_LENGTH_MAX) return "its name is empty or too long";
  if (!name.isWellFormed() || name.includes("\ufffd")) return "its name is not Unicode";
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  if (/[\x00-\x1f\x7f\\]/.test(name)) return "its name has a control character or a backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "its path is absolute";
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.includes("..")) return "its path leaves the archive (..)";
  return parts.includes("") || parts.includes(".") ? "its path has an empty component" : null;
}

/**
 * Tells whether a file is one that systems add by themselves and nobody means to send.
 *
 * @param name as for {@linkcode refusalOf}
 */
function isClutter(name: string): boolean {
  return name.split("/").some((part) =>
    part === "__MACOSX" || part === "@eaDir" || part === ".DS_Store" || part === "Thumbs.db"
  ) ||
    posix.basename(name).startsWith("._");
}

/**
 * Tells whether a file is an archive or compressed, by its name.
 *
 * @param name as for {@linkcode refusalOf}
 */
function isPacked(name: string): boolean {
  return /\.(zip|tar|tgz|gz|bz2|tbz2?|xz|txz|7z|rar|zst|lz4|cab|iso)$/i.test(name);
}
