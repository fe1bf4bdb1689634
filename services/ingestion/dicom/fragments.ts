import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { DicomRefused } from "./dicom_refused.ts";

const ITEM = 0xfffee000;
const SEQUENCE_END = 0xfffee0dd;

/**
 * Joins the fragments of an encapsulated single image (PS3.5 section A.4).
 *
 * @param offset where the items begin; the first is the offset table, which a single image does not need
 * @throws {DicomRefused} when it is cut off or malformed
 */
export function joinFragments(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Uint8Array[] = [];
  let position = offset;
  for (let index = 0;; index++) {
    // Some writers omit the last delimiter; decoding shows whether the stream is complete.
    if (position === bytes.length && index > 1) break;
    if (position + 8 > bytes.length) throw cutOff();
    const tag = view.getUint16(position, true) * 0x10000 + view.getUint16(position + 2, true);
    const length = view.getUint32(position + 4, true);
    position += 8;
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM) {
      throw new DicomRefused("dicom_unreadable", "is malformed: its pixels are not fragments");
    }
    if (position + length > bytes.length) throw cutOff();
    if (index > 0) fragments.push(bytes.subarray(position, position + length));
    position += length;
  }
  return fragments.length === 1 ? fragments[0]! : joinBytes(fragments);
}

function cutOff(): DicomRefused {
  return new DicomRefused("dicom_truncated", "ends within its pixels: copy it again");
}
