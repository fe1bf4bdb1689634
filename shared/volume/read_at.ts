/** Reads up to `length` bytes from `offset`; fewer at the end of the file. Moves the file's position. */
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
