import { createReadStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { type Entry, openPromise } from "yauzl";
import { ARCHIVE_RATIO_CHECKED_FROM_BYTES, ARCHIVE_RATIO_MAX } from "../../shared/limits.ts";
import { type ImageIntake, UploadRefused } from "./image_intake.ts";

/** Kinds of archives that are taken, by the ending of their names. */
const UNPACKERS: readonly [
  ending: RegExp,
  unpack: (path: string, intake: ImageIntake) => Promise<void>,
][] = [
  [/\.zip$/i, unpackZip],
  [/\.tar$/i, (path, intake) => unpackTar(createReadStream(path), intake)],
  [/\.(tar\.gz|tgz)$/i, unpackTarGz],
];

/**
 * @param fileName as the client named it
 * @returns whether {@link unpackArchive} knows its kind
 */
export function isArchive(fileName: string): boolean {
  return UNPACKERS.some(([ending]) => ending.test(fileName));
}

/**
 * Unpacks the PNGs of an archive that lies on the volume.
 *
 * @param path where the archive lies
 * @param fileName as the client named it: the ending tells the kind
 * @param intake takes the files
 * @throws {UploadRefused} naming the entry that must not be, or what is wrong with the archive
 */
export async function unpackArchive(
  path: string,
  fileName: string,
  intake: ImageIntake,
): Promise<void> {
  const unpack = UNPACKERS.find(([ending]) => ending.test(fileName))?.[1];
  if (unpack === undefined) throw new UploadRefused("it is no .zip, .tar or .tar.gz");
  try {
    await unpack(path, intake);
  } catch (error) {
    if (error instanceof UploadRefused) throw error;
    throw new UploadRefused(
      `it cannot be unpacked: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  }
}

async function unpackZip(path: string, intake: ImageIntake): Promise<void> {
  const zip = await openPromise(path, {
    lazyEntries: true,
    strictFileNames: true,
    autoClose: false,
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      refuseOddZipEntry(entry);
      if (intake.wants(entry.fileName)) {
        await intake.take(entry.fileName, await zip.openReadStreamPromise(entry));
      }
    }
  } finally {
    zip.close();
  }
}

/** File type bits of a Unix mode, in the upper half of a zip entry's external attributes. */
const TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;

function refuseOddZipEntry(entry: Entry): void {
  const shown = JSON.stringify(entry.fileName);
  if ((entry.generalPurposeBitFlag & 1) !== 0) {
    throw new UploadRefused(`entry ${shown} is encrypted: send the archive without a password`);
  }
  const type = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  if (type !== 0 && type !== REGULAR_FILE) {
    throw new UploadRefused(`entry ${shown} is a link or a device`);
  }
  refuseBomb(shown, entry.compressedSize, entry.uncompressedSize);
}

function refuseBomb(what: string, packedBytes: number, unpackedBytes: number): void {
  if (
    unpackedBytes > ARCHIVE_RATIO_CHECKED_FROM_BYTES &&
    unpackedBytes > packedBytes * ARCHIVE_RATIO_MAX
  ) {
    throw new UploadRefused(`entry ${what} unpacks to over ${ARCHIVE_RATIO_MAX} times its size`);
  }
}

async function unpackTarGz(path: string, intake: ImageIntake): Promise<void> {
  let packed = 0;
  let unpacked = 0;
  const file = createReadStream(path);
  file.on("data", (chunk) => packed += chunk.length);
  const guard = new Transform({
    transform(chunk, _encoding, done): void {
      unpacked += chunk.length;
      try {
        refuseBomb("(the whole archive)", packed, unpacked);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  await unpackTar(file, intake, [createGunzip(), guard]);
}

async function unpackTar(
  source: Readable,
  intake: ImageIntake,
  between: Transform[] = [],
): Promise<void> {
  const tar = extract();
  const reading = pipeline([source, ...between, tar]);
  // Awaited below; without this a failure while entries are read would count as unhandled.
  reading.catch(() => {});
  for await (const entry of tar) {
    const { name, type } = entry.header as Header;
    if (type === "directory") entry.resume();
    else if (type !== "file" && type !== "contiguous-file") {
      throw new UploadRefused(
        `entry ${JSON.stringify(name)} is a ${type}: send regular files only`,
      );
    } else if (intake.wants(name.replace(/^(\.\/)+/, ""))) {
      await intake.take(name.replace(/^(\.\/)+/, ""), entry as unknown as Readable);
    } else entry.resume();
  }
  await reading;
}
