import {
  PICKLE_BYTES_MAX,
  PICKLE_DEPTH_MAX,
  PICKLE_ELEMENTS_MAX,
  PICKLE_EXPANDED_BYTES_FREE,
  PICKLE_EXPANDED_BYTES_MAX,
  PICKLE_EXPANSION_FACTOR_MAX,
} from "../../limits.ts";
import type { Cursor } from "./cursor.ts";

/** Limits of one reading; defaults are in `shared/limits.ts`. */
export interface PickleOptions {
  /** Maximum file size in bytes. */
  readonly bytesMax?: number;
  /** Maximum nesting depth of containers. */
  readonly depthMax?: number;
  /** Maximum number of values. */
  readonly elementsMax?: number;
  /** Maximum memory, in bytes, that the values may take or expand to. */
  readonly expandedBytesMax?: number;
}

/** Approximate memory of a value that is not a container, in bytes. */
export const VALUE_BYTES = 16;
/** Approximate memory of an empty list or tuple, in bytes. */
export const LIST_BYTES = 64;
/** Approximate memory of an empty dict or set, in bytes. */
export const DICT_BYTES = 200;

/** Tracks the resources of one reading and stops it at its limits. */
export class Budget {
  /** Maximum nesting depth of containers. */
  readonly depthMax: number;
  /** Maximum number of values. */
  readonly elementsMax: number;
  /** Maximum memory, in bytes, that the values may take or expand to. */
  readonly expandedBytesMax: number;
  readonly #cursor: Cursor;
  #elements = 0;
  #bytes = 0;

  /** @throws {PickleError} when the file itself is too large */
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
   * Counts one more value of `bytes`.
   * @throws {PickleError} when there are too many or too large ones
   */
  spend(bytes: number): void {
    this.#bytes += bytes;
    if (++this.#elements > this.elementsMax) {
      throw this.#cursor.fault(`it contains over ${this.elementsMax} values; split the list`);
    }
    if (this.#bytes > this.expandedBytesMax) throw this.unfolds();
  }

  /** Returns the error for a file that expands to too much memory. */
  unfolds(): Error {
    return this.#cursor.fault(
      `it expands to over ${this.expandedBytesMax} bytes, far more than its own size; ` +
        "save the list with fewer repeated values",
    );
  }

  /** Returns the error for containers nested too deeply. */
  tooDeep(): Error {
    return this.#cursor.fault(
      `its lists and dicts are nested more than ${this.depthMax} levels deep; save a flatter list`,
    );
  }
}
