import {
  PICKLE_BYTES_MAX,
  PICKLE_DEPTH_MAX,
  PICKLE_ELEMENTS_MAX,
  PICKLE_EXPANDED_BYTES_FREE,
  PICKLE_EXPANDED_BYTES_MAX,
  PICKLE_EXPANSION_FACTOR_MAX,
} from "../../limits.ts";
import type { Cursor } from "./cursor.ts";

/** Bounds of one reading; each has a default in `shared/limits.ts`. */
export interface PickleOptions {
  /** Largest file, in bytes. */
  readonly bytesMax?: number;
  /** Containers inside one another. */
  readonly depthMax?: number;
  /** Values in the file. */
  readonly elementsMax?: number;
  /** Memory that the values may take up or unfold to, in bytes. */
  readonly expandedBytesMax?: number;
}

/** Roughly what the engine keeps for a value that is not a container, in bytes. */
export const VALUE_BYTES = 16;
/** Roughly what the engine keeps for an empty list or tuple, in bytes. */
export const LIST_BYTES = 64;
/** Roughly what the engine keeps for an empty dict or set, in bytes. */
export const DICT_BYTES = 200;

/** Counts what one reading takes up, and stops it at its bounds. */
export class Budget {
  /** Containers inside one another. */
  readonly depthMax: number;
  /** Values in the file. */
  readonly elementsMax: number;
  /** Memory that the values may take up or unfold to, in bytes. */
  readonly expandedBytesMax: number;
  readonly #cursor: Cursor;
  #elements = 0;
  #bytes = 0;

  /**
   * @param options bounds that differ from the defaults
   * @throws {PickleError} when the file itself is too large
   */
  constructor(cursor: Cursor, options: PickleOptions) {
    const bytesMax = options.bytesMax ?? PICKLE_BYTES_MAX;
    if (cursor.remaining > bytesMax) {
      throw cursor.fault(`the file has ${cursor.remaining} bytes; the limit is ${bytesMax}`);
    }
    this.#cursor = cursor;
    this.depthMax = options.depthMax ?? PICKLE_DEPTH_MAX;
    this.elementsMax = options.elementsMax ?? PICKLE_ELEMENTS_MAX;
    this.expandedBytesMax = Math.min(
      options.expandedBytesMax ?? PICKLE_EXPANDED_BYTES_MAX,
      PICKLE_EXPANDED_BYTES_FREE + cursor.remaining * PICKLE_EXPANSION_FACTOR_MAX,
    );
  }

  /**
   * Counts one more value.
   *
   * @param bytes what it takes up, beside the bytes of the file itself
   * @throws {PickleError} when there are too many values or they take up too much
   */
  spend(bytes: number): void {
    this.#bytes += bytes;
    if (++this.#elements > this.elementsMax) {
      throw this.#cursor.fault(`it contains over ${this.elementsMax} values; split the list`);
    }
    if (this.#bytes > this.expandedBytesMax) throw this.unfolds();
  }

  /** @returns the error for a file that unfolds to too much memory */
  unfolds(): Error {
    return this.#cursor.fault(
      `it expands to over ${this.expandedBytesMax} bytes, far more than its own size; ` +
        "save the list with fewer repeated values",
    );
  }

  /** @returns the error for containers inside too many containers */
  tooDeep(): Error {
    return this.#cursor.fault(
      `its lists and dicts are nested more than ${this.depthMax} levels deep; save a flatter list`,
    );
  }
}
