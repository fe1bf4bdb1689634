import assert from "node:assert/strict";
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { number32 } from "../../../tests/support/ingestion/write_data_set.ts";
import { decodeRle } from "./rle.ts";

/** One segment of 8-bit cells behind the header (PS3.5 annex G.5). */
function stream(...segment: readonly number[]): Uint8Array {
  const header = [1, 64, ...new Array(14).fill(0)].map(number32);
  return joinBytes([...header, Uint8Array.from(segment)]);
}

Deno.test("RLE: literals and runs give the cells; one cell of padding is dropped from an odd image", () => {
  assert.deepEqual([...decodeRle(stream(1, 5, 6, 0xfd, 9), 6, 1)], [5, 6, 9, 9, 9, 9]);
  assert.deepEqual([...decodeRle(stream(0xfd, 9), 3, 1)], [9, 9, 9]);
  assert.deepEqual([...decodeRle(stream(0xff, 9, 0), 2, 1)], [9, 9], "padding behind the segment");
});

Deno.test("RLE: a run that is longer or shorter than the image shifts its pixels, so it is refused", () => {
  for (const segment of [[0xfc, 9], [0xfe, 9], [0xfd], [2, 5, 6], [], [0xfd, 9, 0xff, 7]]) {
    assert.throws(
      () => decodeRle(stream(...segment), 4, 1),
      { code: "dicom_truncated" },
      `${segment}`,
    );
  }
});
