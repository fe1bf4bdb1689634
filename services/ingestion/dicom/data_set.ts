import { trimEndOf } from "../../../shared/trim_end_of.ts";
import type { TagName } from "./tags.ts";

export interface Element {
  /** Two letters, or "" when the file does not state it. */
  readonly vr: string;
  readonly bytes: Uint8Array;
  readonly items: readonly DataSet[];
}

export interface PixelPlace {
  readonly vr: string;
  readonly offset: number;
  /** In bytes; null for encapsulated fragments. */
  readonly length: number | null;
}

/** The data elements that were read, with typed access. */
export class DataSet {
  readonly #elements: ReadonlyMap<TagName, Element>;
  readonly #littleEndian: boolean;

  /** @param littleEndian byte order of binary numbers */
  constructor(elements: ReadonlyMap<TagName, Element>, littleEndian: boolean) {
    this.#elements = elements;
    this.#littleEndian = littleEndian;
  }

  element(name: TagName): Element | null {
    return this.#elements.get(name) ?? null;
  }

  /** Returns the values of a text element without padding; empty when it is missing or empty. */
  texts(name: TagName): string[] {
    const bytes = this.#elements.get(name)?.bytes;
    if (bytes === undefined || bytes.length === 0) return [];
    const text = decode(bytes);
    const values = text.split("\\").map((value) => trimEndOf(value, "\0 ").trimStart());
    return values.length === 1 && values[0] === "" ? [] : values;
  }

  /** Returns the first value of a text element, or "". */
  text(name: TagName): string {
    return this.texts(name)[0] ?? "";
  }

  /** Returns the first value of a text element as a code: upper case, single spaces. */
  code(name: TagName): string {
    return this.text(name).toUpperCase().replace(/\s+/g, " ");
  }

  /** Returns the values of a decimal or integer string (DS, IS); NaN for invalid numbers. */
  decimals(name: TagName): number[] {
    return this.texts(name).map((text) => {
      const plain = text.replace(/^([-+]?\d+),(\d+)$/, "$1.$2"); // some devices write a decimal comma
      return /^[-+.\dEe]+$/.test(plain) ? Number(plain) : NaN;
    });
  }

  /** Returns the first value of a decimal or integer string, or null. */
  decimal(name: TagName): number | null {
    return this.decimals(name)[0] ?? null;
  }

  /** Returns the values of an element of 16-bit numbers (US, SS, OW). */
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

  /** Returns the first 16-bit number of an element, or null. */
  short(name: TagName, signed = false): number | null {
    return this.shorts(name, signed)[0] ?? null;
  }

  /** Returns the items of a sequence; empty when it is missing. */
  items(name: TagName): readonly DataSet[] {
    return this.#elements.get(name)?.items ?? [];
  }
}

/** Decodes UTF-8, else Latin-1: the two character sets of European devices, whatever the file declares. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}
