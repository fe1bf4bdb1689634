import { createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { Problem } from "../../shared/http/mod.ts";
import { ARCHIVE_ENTRIES_MAX, UPLOAD_BYTES_MAX } from "../../shared/limits.ts";

/** An upload is refused; the message names the part or the entry. */
export class UploadRefused extends Problem {
  override name = "UploadRefused";

  constructor(message: string, options: ErrorOptions = {}) {
    super("invalid_request", message, options);
  }
}

/** Writes the files of one upload into a folder, each under its own name, within the upload limits. */
export interface ImageIntake {
  /**
   * Counts an archive entry and returns whether it is an acceptable file.
   * @throws {UploadRefused} when the name is forbidden or repeated, or there are too many entries
   */
  wants(name: string): boolean;
  /**
   * Writes an accepted file. `open` is called only when a listener can be attached at once.
   * @throws {UploadRefused} when the file is too large or damaged
   */
  take(name: string, open: () => Promise<Readable>, options?: TakeOptions): Promise<void>;
  /** Number of files written and skipped; `named` counts skipped files that are named as DICOM files are. */
  counts(): { readonly taken: number; readonly others: number; readonly named: number };
}

export interface TakeOptions {
  readonly checkSum?: number;
  readonly signal?: AbortSignal;
}

export interface ImageIntakeOptions {
  /** Whether to accept a file, by its name; others are skipped. Default: PNGs. */
  readonly accepts?: (name: string) => boolean;
  readonly bytesMax?: number;
}

/** Creates an intake that writes into an existing folder (absolute path). */
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
    // Created last: a file stream that nothing consumes ends the process when its folder is removed.
    const file = createWriteStream(path, { flags: "wx", mode: 0o644 });
    await pipeline(content, count, file, signal === undefined ? {} : { signal });
    await chmod(path, 0o644); // the umask has restricted `mode`
    if (checkSum !== undefined && sum !== checkSum) {
      throw new UploadRefused(
        `entry ${JSON.stringify(name)} is damaged (checksum): create the archive again`,
      );
    }
  }

  return { take, wants, counts: () => counts };
}

/** Makes folders readable for containers, which run as another user, whatever the umask of this process. */
async function makeFolders(folder: string, below: string): Promise<void> {
  let path = folder;
  for (const part of below.split("/").filter((part) => part !== ".")) {
    path = join(path, part);
    // An existing folder has its mode already, or its creator is about to set it.
    if (await mkdir(path, { recursive: true }) !== undefined) await chmod(path, 0o755);
  }
}

/** Strips a leading `./` and lower-cases the extension of an image, as lists of images expect. */
function plainName(name: string): string {
  return name.replace(/^(?:\.\/)+/, "").replace(/\.png$/i, ".png");
}

function isPng(name: string): boolean {
  return /\.png$/i.test(name);
}

/** Tracks the names of one upload, so that no file overwrites another on any file system. */
function createNames(): { claim(name: string): void } {
  /** Maps the normalised name to the original one and whether it is a file. */
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

/** Names of DICOM files: with a DICOM extension, or with none. */
const DICOM_NAME = /^[^.]+$|\.(dcm|dicom|ima)$/i;
/** Maximum length of a name: a file path's limit, less room for the volume's path. */
const NAME_LENGTH_MAX = 512;

/** Why a name must not become a file below the images folder; null when it may. */
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

/** Whether a file was added by the operating system and not by the user. */
function isClutter(name: string): boolean {
  return name.split("/").some((part) =>
    part === "__MACOSX" || part === "@eaDir" || part === ".DS_Store" || part === "Thumbs.db"
  ) ||
    posix.basename(name).startsWith("._");
}

/** Whether a file is an archive or compressed, by its name. */
function isPacked(name: string): boolean {
  return /\.(zip|tar|tgz|gz|bz2|tbz2?|xz|txz|7z|rar|zst|lz4|cab|iso)$/i.test(name);
}
