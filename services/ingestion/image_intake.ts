import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ARCHIVE_ENTRIES_MAX, UPLOAD_BYTES_MAX } from "../../shared/limits.ts";
import { isClutter, refusalOf } from "./image_name.ts";

/** An upload cannot be taken; the message names the part or the entry. */
export class UploadRefused extends Error {
  override name = "UploadRefused";
}

/** Takes files into one folder, each under its own name, within the bounds of one upload. */
export interface ImageIntake {
  /**
   * Writes one file.
   *
   * @param name path below the folder, `/` between its parts
   * @param content its bytes
   * @throws {UploadRefused} when the name or the amount is not acceptable
   */
  take(name: string, content: Readable): Promise<void>;
  /** Tells whether a file is worth taking; counts it, and refuses a name that must not be. */
  wants(name: string): boolean;
}

/**
 * @param folder absolute path; exists
 */
export function createImageIntake(folder: string): ImageIntake {
  const namesTaken = new Map<string, string>();
  let entries = 0;
  let bytes = 0;

  function wants(name: string): boolean {
    entries += 1;
    if (entries > ARCHIVE_ENTRIES_MAX) {
      throw new UploadRefused(`it has over ${ARCHIVE_ENTRIES_MAX} entries`);
    }
    const refusal = refusalOf(name);
    if (refusal !== null) throw new UploadRefused(`entry ${JSON.stringify(name)}: ${refusal}`);
    if (isClutter(name)) return false;
    if (/\.(zip|tar|tgz|gz|bz2|xz|7z|rar)$/i.test(name)) {
      throw new UploadRefused(
        `entry ${JSON.stringify(name)} is an archive itself: send the images in one archive`,
      );
    }
    return /\.png$/i.test(name);
  }

  function claim(name: string): void {
    const key = name.normalize("NFC").toLowerCase();
    const earlier = namesTaken.get(key);
    if (earlier === name) throw new UploadRefused(`${JSON.stringify(name)} is there twice`);
    if (earlier !== undefined) {
      throw new UploadRefused(
        `${JSON.stringify(earlier)} and ${JSON.stringify(name)} differ only by case`,
      );
    }
    namesTaken.set(key, name);
  }

  async function take(name: string, content: Readable): Promise<void> {
    claim(name);
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const count = new Transform({
      transform(chunk, _encoding, done): void {
        bytes += chunk.length;
        if (bytes > UPLOAD_BYTES_MAX) {
          done(new UploadRefused(`it holds over ${UPLOAD_BYTES_MAX} bytes`));
        } else done(null, chunk);
      },
    });
    await pipeline(content, count, createWriteStream(path, { flags: "wx", mode: 0o644 }));
  }

  return { take, wants };
}
