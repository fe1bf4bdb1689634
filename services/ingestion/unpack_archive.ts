import type { Readable } from "node:stream";
import { isDiskFull } from "../../shared/volume/mod.ts";
import { type ImageIntake, UploadRefused } from "./image_intake.ts";
import { unpackTar, unpackTarGz } from "./unpack_tar.ts";
import { unpackZip } from "./unpack_zip.ts";

/** What unpacking an archive works with. */
export interface UnpackOptions {
  /** Takes the files. */
  readonly intake: ImageIntake;
  /** Where an archive can lie meanwhile that can only be read from its end; removed by the caller. */
  readonly scratch: string;
}

/** Kinds of archives that are taken, by the ending of their names. */
const UNPACKERS: readonly [
  ending: RegExp,
  unpack: (content: Readable, options: UnpackOptions) => Promise<void>,
][] = [
  [/\.zip$/i, (content, { intake, scratch }) => unpackZip(content, intake, scratch)],
  [/\.tar$/i, (content, { intake }) => unpackTar(content, intake)],
  [/\.(tar\.gz|tgz)$/i, (content, { intake }) => unpackTarGz(content, intake)],
];

/**
 * @param fileName as the client named it
 * @returns whether {@link unpackArchive} knows its kind
 */
export function isArchive(fileName: string): boolean {
  return UNPACKERS.some(([ending]) => ending.test(fileName));
}

/**
 * Unpacks the PNGs of an archive as it arrives.
 *
 * @param content the archive's bytes
 * @param fileName as the client named it: the ending tells the kind
 * @param options where the files go
 * @throws {UploadRefused} naming the entry that must not be, or what is wrong with the archive
 */
export async function unpackArchive(
  content: Readable,
  fileName: string,
  options: UnpackOptions,
): Promise<void> {
  const unpack = UNPACKERS.find(([ending]) => ending.test(fileName))?.[1];
  if (unpack === undefined) throw new UploadRefused("it is not a .zip, .tar or .tar.gz file");
  try {
    await unpack(content, options);
  } catch (error) {
    // A full disk is not the archive's fault.
    if (error instanceof UploadRefused || isDiskFull(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UploadRefused(`it cannot be unpacked: ${reason}`, { cause: error });
  }
}
