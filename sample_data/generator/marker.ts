/** The letters of the markers in a 5 x 7 raster of our own, one string a row. */
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  C: [" ### ", "#   #", "#    ", "#    ", "#    ", "#   #", " ### "],
  L: ["#    ", "#    ", "#    ", "#    ", "#    ", "#    ", "#####"],
  M: ["#   #", "## ##", "# # #", "# # #", "#   #", "#   #", "#   #"],
  O: [" ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "],
  R: ["#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"],
};

const SCALE = 3;
const ADVANCE = 6 * SCALE;
/** Lead lets nearly nothing through: nearly white. */
const MARKER_GREY = 62_240;

/**
 * Writes a view marker into the air beside the breast, as the lead letters on a real mammogram: a
 * model has to cope with it.
 *
 * @param pixels the finished picture, row by row, changed in place
 * @param width columns of the picture
 * @param text letters out of C, L, M, O, R
 * @param left column of the first letter
 * @param top row of the letters' upper end
 */
export function addMarker(
  pixels: Uint16Array,
  width: number,
  text: string,
  left: number,
  top: number,
): void {
  for (const [index, letter] of [...text].entries()) {
    const rows = LETTERS[letter] ?? [];
    for (let y = 0; y < rows.length * SCALE; y++) {
      for (let x = 0; x < 5 * SCALE; x++) {
        if (rows[Math.floor(y / SCALE)]![Math.floor(x / SCALE)] !== "#") continue;
        pixels[(top + y) * width + left + index * ADVANCE + x] = MARKER_GREY;
      }
    }
  }
}
