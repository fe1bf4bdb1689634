import { readTable, writeTable } from "./csv.ts";
import { LESIONS_PER_IMAGE_MAX } from "../limits.ts";

/** A lesion that a model marked on an image: pixels of the registered PNG, origin top left. */
export interface Lesion {
  /** Name of the image in the data list. */
  readonly image: string;
  /** Left edge, inclusive. */
  readonly x0: number;
  /** Upper edge, inclusive. */
  readonly y0: number;
  /** Right edge, exclusive. */
  readonly x1: number;
  /** Lower edge, exclusive. */
  readonly y1: number;
  /** Suspicion in [0, 1]. */
  readonly score: number;
}

/** Size of an image in pixels. */
export interface ImageSize {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

const COLUMNS = ["image_index", "x0", "y0", "x1", "y1", "score"] as const;

/**
 * `sizeOf` is null for an unknown image.
 * @throws {SyntaxError} naming line, column and image
 */
export function readLesions(
  text: string,
  sizeOf: (image: string) => ImageSize | null,
): Lesion[] {
  const table = readTable(text);
  if (table.columns.join() !== COLUMNS.join()) {
    throw new SyntaxError(
      `the columns are ${table.columns.join(", ")}; they must be ${COLUMNS.join(", ")}`,
    );
  }
  const counts = new Map<string, number>();
  return table.rows.map(({ line, cells }) => {
    const image = cells[0]!.trim().replace(/\.png$/i, "");
    const size = sizeOf(image);
    if (size === null) throw new SyntaxError(`line ${line}: there is no image ${image}`);
    const count = (counts.get(image) ?? 0) + 1;
    counts.set(image, count);
    if (count > LESIONS_PER_IMAGE_MAX) {
      throw new SyntaxError(
        `line ${line}: image ${image} has over ${LESIONS_PER_IMAGE_MAX} lesions`,
      );
    }
    const [x0, y0, x1, y1, score] = cells.slice(1).map((cell, index) => {
      if (/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(cell)) return Number(cell);
      throw new SyntaxError(
        `line ${line}, column ${COLUMNS[index + 1]}: ${JSON.stringify(cell)} is no number`,
      );
    }) as [number, number, number, number, number];
    const inside = 0 <= x0 && x0 < x1 && x1 <= size.width && 0 <= y0 && y0 < y1 &&
      y1 <= size.height;
    if (!inside) {
      throw new SyntaxError(
        `line ${line}: the box ${x0}, ${y0}, ${x1}, ${y1} is outside image ${image} of ` +
          `${size.width} x ${size.height} pixels`,
      );
    }
    if (score < 0 || score > 1) {
      throw new SyntaxError(`line ${line}, column score: ${score} is not between 0 and 1`);
    }
    return { image, x0, y0, x1, y1, score };
  });
}

/** Writes lesions in the form that {@link readLesions} reads; keeps nothing of the model's own formatting. */
export function writeLesions(lesions: readonly Lesion[]): string {
  return writeTable(
    COLUMNS,
    lesions.map(({ image, x0, y0, x1, y1, score }) => [image, x0, y0, x1, y1, score]),
  );
}
