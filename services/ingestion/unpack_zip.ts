import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Entry, type LocalFileHeader, openPromise, type ZipFile } from "yauzl";
import {
  ARCHIVE_ENTRIES_MAX,
  ARCHIVE_RATIO_CHECKED_FROM_BYTES,
  ARCHIVE_RATIO_MAX,
  UPLOAD_BYTES_MAX,
} from "../../shared/limits.ts";
import { type ImageIntake, UploadRefused } from "./image_intake.ts";

/**
 * Unpacks a zip after storing it at `scratch` and checking its directory.
 * @throws {UploadRefused}
 */
export async function unpackZip(
  content: Readable,
  intake: ImageIntake,
  scratch: string,
): Promise<void> {
  await pipeline(content, createWriteStream(scratch, { flags: "wx" }));
  const wanted = await withZip(scratch, (zip) => lookThrough(zip, intake));
  await withZip(scratch, (zip) => unpackEntries(zip, wanted, intake));
  await rm(scratch);
}

async function withZip<T>(path: string, work: (zip: ZipFile) => Promise<T>): Promise<T> {
  // PowerShell 5 separates folders with backslashes; non-strict names turn them into slashes.
  const zip = await openPromise(path, { strictFileNames: false, autoClose: false });
  try {
    return await work(zip);
  } finally {
    zip.close();
  }
}

async function lookThrough(zip: ZipFile, intake: ImageIntake): Promise<ReadonlySet<string>> {
  if (zip.entryCount > ARCHIVE_ENTRIES_MAX) {
    throw new UploadRefused(`it has over ${ARCHIVE_ENTRIES_MAX} entries`);
  }
  const wanted = new Set<string>();
  const spans: Span[] = [];
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    refuseOddEntry(entry);
    spans.push(spanOf(entry));
    unpacked += entry.uncompressedSize;
    if (unpacked > UPLOAD_BYTES_MAX) {
      throw new UploadRefused(`it decompresses to over ${UPLOAD_BYTES_MAX} bytes`);
    }
    if (intake.wants(entry.fileName)) wanted.add(entry.fileName);
  }
  refuseBomb("it", zip.fileSize, unpacked);
  refuseOverlaps(spans);
  return wanted;
}

async function unpackEntries(
  zip: ZipFile,
  wanted: ReadonlySet<string>,
  intake: ImageIntake,
): Promise<void> {
  for await (const entry of zip.eachEntry()) {
    if (!wanted.has(entry.fileName)) continue;
    refuseMismatch(entry, await zip.readLocalFileHeaderPromise(entry));
    const open = (): Promise<Readable> => zip.openReadStreamPromise(entry);
    await intake.take(entry.fileName, open, { checkSum: entry.crc32 });
  }
}

/** Bits of the general purpose flag (APPNOTE.TXT 4.4.4). */
const FLAG = { encrypted: 1 << 0, sizesFollow: 1 << 3, maskedDirectory: 1 << 13 };
const METHODS: readonly number[] = [0, 8];
/** File type bits of a Unix mode, in the upper half of a zip entry's external attributes. */
const TYPE_MASK = 0o170000;
const TYPES_TAKEN: readonly number[] = [0, 0o100000, 0o040000]; // unspecified, regular file, folder

function refuseOddEntry(entry: Entry): void {
  const shown = `entry ${JSON.stringify(entry.fileName)}`;
  const type = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  if ((entry.generalPurposeBitFlag & (FLAG.encrypted | FLAG.maskedDirectory)) !== 0) {
    throw new UploadRefused(`${shown} is encrypted: send the archive without a password`);
  }
  if (!TYPES_TAKEN.includes(type)) {
    throw new UploadRefused(`${shown} is a link or a device: send regular files only`);
  }
  if (!METHODS.includes(entry.compressionMethod)) {
    throw new UploadRefused(
      `${shown} uses compression method ${entry.compressionMethod}: use deflate or none`,
    );
  }
  refuseBomb(shown, entry.compressedSize, entry.uncompressedSize);
}

function refuseBomb(what: string, packedBytes: number, unpackedBytes: number): void {
  if (
    unpackedBytes > ARCHIVE_RATIO_CHECKED_FROM_BYTES &&
    unpackedBytes > packedBytes * ARCHIVE_RATIO_MAX
  ) {
    throw new UploadRefused(`${what} decompresses to over ${ARCHIVE_RATIO_MAX} times its size`);
  }
}

/** Minimum extent of an entry in the file: header, name and packed bytes. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Fixed part of a local header (APPNOTE.TXT 4.3.7). */
const LOCAL_HEADER_BYTES = 30;

function spanOf(
  { relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize }: Entry,
): Span {
  return { start, end: start + LOCAL_HEADER_BYTES + fileNameLength + compressedSize };
}

/** Entries that share packed bytes let a small zip unpack to petabytes. */
function refuseOverlaps(spans: Span[]): void {
  spans.sort((a, b) => a.start - b.start);
  if (spans.some(({ start }, index) => index > 0 && start < spans[index - 1]!.end)) {
    throw new UploadRefused("its entries overlap: create the archive again");
  }
}

/** Directory and local headers must agree, so that all zip readers see the same content. */
function refuseMismatch(entry: Entry, local: LocalFileHeader): void {
  const sizesTold = (local.generalPurposeBitFlag & FLAG.sizesFollow) === 0;
  const isSame = (told: number, wanted: number): boolean => told === wanted || told === 0xffffffff;
  const matches = local.fileName.equals(entry.fileNameRaw) &&
    local.compressionMethod === entry.compressionMethod &&
    (local.generalPurposeBitFlag & FLAG.encrypted) === 0 &&
    (!sizesTold ||
      (local.crc32 === entry.crc32 && isSame(local.compressedSize, entry.compressedSize) &&
        isSame(local.uncompressedSize, entry.uncompressedSize)));
  if (!matches) {
    throw new UploadRefused(
      `entry ${
        JSON.stringify(entry.fileName)
      } is described differently in two places of the archive: ` +
        "create the archive again",
    );
  }
}
