/** Signatures of files that people mistake for CSV. */
const OTHER_KINDS: readonly [first: readonly number[], kind: string][] = [
  [[0x50, 0x4b, 0x03, 0x04], "is an Excel workbook (.xlsx) or another zip: save it as CSV UTF-8"],
  [[0xd0, 0xcf, 0x11, 0xe0], "is an old Excel workbook (.xls): save it as CSV UTF-8"],
  [[0x1f, 0x8b], "is compressed with gzip: decompress it"],
  [[0x42, 0x5a, 0x68], "is compressed with bzip2: decompress it"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed with xz: decompress it"],
  [[0x28, 0xb5, 0x2f, 0xfd], "is compressed with zstd: decompress it"],
  [[0x50, 0x41, 0x52, 0x31], "is Parquet: save it as CSV UTF-8"],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], "is Feather (Arrow): save it as CSV UTF-8"],
  [[0x89, 0x48, 0x44, 0x46], "is HDF5: save it as CSV UTF-8"],
  [[0x25, 0x50, 0x44, 0x46], "is a PDF: save the table as CSV UTF-8"],
  [[0x80], "is a pickle: save it as CSV UTF-8"],
  [[0x3c], "is HTML or XML, for example a login page: download it again"],
];

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark.
 * @throws {SyntaxError} naming what the file is instead
 */
export function tableText(bytes: Uint8Array, what: string): string {
  const other = OTHER_KINDS.find(([first]) => first.every((byte, at) => bytes[at] === byte));
  if (other !== undefined) throw new SyntaxError(`Cannot read ${what}: the file ${other[1]}`);
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const [before = ""] = new TextDecoder(encoding).decode(bytes).split("\ufffd", 1);
    const line = before.split("\n").length;
    throw new SyntaxError(`Cannot read ${what}: line ${line} is not UTF-8; save it as UTF-8`);
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
