/**
 * Reads a part of a file.
 *
 * @param file open for reading; its position is after what was read
 * @param offset first byte
 * @param length bytes wanted
 * @returns as many as there are, at most those
 */
export async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  file.seekSync(offset, Deno.SeekMode.Start); // a number in the kernel: there is nothing to wait for
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
