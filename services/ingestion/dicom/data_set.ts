import { trimEndOf } from "../../../shared/trim_end_of.ts";
import type { TagName } from "./tags.ts";

/** One data element of those that are read. */
export interface Element {
  /** Two letters, or "" where the file does not tell. */
  readonly vr: string;
  readonly bytes: Uint8Array;
  /** The items, when it is a sequence. */
  readonly items: readonly DataSet[];
}

/** Where the pixels lie in the bytes of a file. */
export interface PixelPlace {
  readonly vr: string;
  readonly offset: number;
  /** In bytes; null for encapsulated fragments. */
  readonly length: number | null;
}

/** Those data elements of a data set that are read, with typed access. */
export class DataSet {
  readonly #elements: ReadonlyMap<TagName, Element>;
  readonly #littleEndian: boolean;

  /** @param littleEndian byte order of binary numbers */
  constructor(elements: ReadonlyMap<TagName, Element>, littleEndian: boolean) {
    this.#elements = elements;
    this.#littleEndian = littleEndian;
  }

  /** @returns the raw element, or null */
  element(name: TagName): Element | null {
    return this.#elements.get(name) ?? null;
  }

  /** @returns values of a text element without padding; none when it is missing or empty */
  texts(name: TagName): string[] {
    const bytes = this.#elements.get(name)?.bytes;
    if (bytes === undefined || bytes.length === 0) return [];
    const text = new TextDecoder("latin1").decode(bytes);
    const values = text.split("\\").map((value) => trimEndOf(value, "\0 ").trimStart());
    return values.length === 1 && values[0] === "" ? [] : values;
  }

  /** @returns first value of a text element, "" when there is none */
  text(name: TagName): string {
    return this.texts(name)[0] ?? "";
  }

  /** @returns first value of a text element as a code: upper case, one space between words */
  code(name: TagName): string {
    return this.text(name).toUpperCase().replace(/\s+/g, " ");
  }

  /** @returns values of a decimal or integer string (DS, IS); NaN for what is no number */
  decimals(name: TagName): number[] {
    return this.texts(name).map((text) => {
      const plain = text.replace(/^([-+]?\d+),(\d+)$/, "$1.$2"); // some devices write the comma of their country
      return /^[-+.\dEe]+$/.test(plain) ? Number(plain) : NaN;
    });
  }

  /** @returns first value of a decimal or integer string, or null */
  decimal(name: TagName): number | null {
    return this.decimals(name)[0] ?? null;
  }

  /**
   * @param name of an element of 16-bit numbers (US, SS, OW)
   * @param signed whether they are signed
   * @returns its values
   */
  shorts(name: TagName, signed = false): number[] {
    const bytes = this.#elements.get(name)?.bytes ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from(
      { length: bytes.length >> 1 },
      (_, index) =>
        signed
          ? view.getInt16(2 * index, this.#littleEndian)
          : view.getUint16(2 * index, this.#littleEndian),
    );
  }

  /** @returns first 16-bit number of an element, or null */
  short(name: TagName, signed = false): number | null {
    return this.shorts(name, signed)[0] ?? null;
  }

  /** @returns the items of a sequence; none when it is missing */
  items(name: TagName): readonly DataSet[] {
    return this.#elements.get(name)?.items ?? [];
  }
}
