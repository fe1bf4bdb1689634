import type { Readable } from "node:stream";
import { isDiskFull } from "../../shared/volume/mod.ts";
import { type ImageIntake, UploadRefused } from "./image_intake.ts";
import { unpackTar, unpackTarGz } from "./unpack_tar.ts";
import { unpackZip } from "./unpack_zip.ts";

export interface UnpackOptions {
  readonly intake: ImageIntake;
  /** Path for an archive that can only be read from its end; the caller removes it. */
  readonly scratch: string;
}

const UNPACKERS: readonly [
  ending: RegExp,
  unpack: (content: Readable, options: UnpackOptions) => Promise<void>,
][] = [
  [/\.zip$/i, (content, { intake, scratch }) => unpackZip(content, intake, scratch)],
  [/\.tar$/i, (content, { intake }) => unpackTar(content, intake)],
  [/\.(tar\.gz|tgz)$/i, (content, { intake }) => unpackTarGz(content, intake)],
];

/** Whether {@link unpackArchive} supports a file, by the name that the client gave. */
export function isArchive(fileName: string): boolean {
  return UNPACKERS.some(([ending]) => ending.test(fileName));
}

/**
 * Unpacks the accepted files of an archive as it arrives; the extension of `fileName` tells its type.
 * @throws {UploadRefused} naming the forbidden entry or the archive's fault
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
