import { PICKLE_DEPTH_MAX, PICKLE_INT_BYTES_MAX } from "../limits.ts";
import type { JsonValue } from "../domain/mod.ts";
import { PickleArray, PickleTuple, type PickleValue } from "./pickle/mod.ts";

/** Maximum number of digits of an integer in JSON, as in a pickle. */
const DIGITS_MAX = Math.floor(PICKLE_INT_BYTES_MAX * 2.4); // a byte has 2.408 decimal digits

/**
 * Reduces plain data to JSON: integers beyond 2^53 become text, NaN and infinities null; drops bytes.
 * @throws {TypeError} when it holds a class, a numpy type or a pandas object
 */
export function toJsonValue(value: PickleValue): JsonValue | undefined {
  return reduce(value, (number) => {
    if (typeof number === "number") return Number.isFinite(number) ? number : null;
    return Number.isSafeInteger(Number(number)) ? Number(number) : String(number);
  });
}

/**
 * Writes plain data as one line that {@linkcode pickleFromJson} reads back exactly, except NaN, infinities and bytes.
 * @throws {TypeError} when it holds a class, a numpy type or a pandas object
 */
export function pickleToJson(value: PickleValue): string {
  const exact = (number: number | bigint): JsonValue => {
    const text = String(number);
    if (!/^-?\d/.test(text)) return null; // NaN and infinities
    const isFloat = typeof number === "number" && /^-?\d+$/.test(text);
    // deno-lint-ignore no-explicit-any
    return (JSON as any).rawJSON(isFloat ? `${Object.is(number, -0) ? "-0" : text}.0` : text);
  };
  return JSON.stringify(reduce(value, exact) ?? null);
}

/**
 * Parses JSON as plain data: objects become dicts, integers stay exact.
 * @throws {SyntaxError} for bad JSON, a lone surrogate, an integer of over 614 digits, or too deep nesting
 */
export function pickleFromJson(text: string): PickleValue {
  try {
    return parseInParts(text) ?? parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error;
    const reason = error instanceof SyntaxError ? error.message : "it is nested too deeply";
    throw new SyntaxError(`Cannot read the JSON: ${reason}`);
  }
}

function parse(text: string): PickleValue {
  const value = JSON.parse(text, revive as (key: string) => unknown);
  requireFlat(value, PICKLE_DEPTH_MAX);
  return value;
}

/** What JSON allows around a value. */
const BLANK = /^[ \t\n\r]*$/;
/** Items of an array parsed at once. */
const ITEMS_AT_ONCE = 1000;

/** In parts: the engine keeps the source of every number of a text. Null if parsing the whole must tell. */
function parseInParts(text: string): PickleValue[] | null {
  const first = text.indexOf("[");
  if (first < 0 || !BLANK.test(text.slice(0, first).replace(/^\ufeff/, ""))) return null;
  const items: PickleValue[] = [];
  let [start, held] = [first + 1, 0];
  for (const at of itemEnds(text, first + 1)) {
    held += 1;
    const isLast = text[at] === "]";
    if (held < ITEMS_AT_ONCE && !isLast) continue;
    let part: PickleValue;
    try {
      part = parse(`[${text.slice(start, at)}]`);
    } catch {
      return null;
    }
    if (!Array.isArray(part) || part.length !== held) return null;
    for (const item of part) items.push(item);
    if (isLast) return BLANK.test(text.slice(at + 1)) ? items : null;
    [start, held] = [at + 1, 0];
  }
  return null;
}

/** The places of the commas between the items of an array, and of its end, for text that is JSON. */
function* itemEnds(text: string, from: number): Generator<number> {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
    } else if (character === "[" || character === "{") {
      depth += 1;
    } else if (character === "]" || character === "}") {
      if (depth === 0) yield at;
      depth -= 1;
    } else if (character === "," && depth === 0) yield at;
    if (depth < 0) return;
  }
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function reduce(
  value: PickleValue,
  number: (value: number | bigint) => JsonValue,
): JsonValue | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return number(value);
  if (value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return value.map((item) => reduce(item, number) ?? null);
  if (value instanceof PickleTuple) return reduce([...value.items], number);
  if (value instanceof Set) return reduce([...value], number);
  if (value instanceof PickleArray) return reduce(value.toList(), number);
  if (!(value instanceof Map)) {
    throw new TypeError(`Cannot write as JSON: a ${value.constructor.name} is not plain data`);
  }
  // fromEntries defines its keys, so "__proto__" is an ordinary key
  return Object.fromEntries(
    [...value].flatMap(([key, item]) => {
      const reduced = reduce(item, number);
      return reduced === undefined ? [] : [[keyText(key), reduced]];
    }),
  );
}

/** Writes a dict key as Python's `json` does. */
function keyText(key: PickleValue): string {
  return typeof key === "string" ? key : pickleToJson(key);
}

function revive(_key: string, value: unknown, context: { readonly source?: string }): PickleValue {
  if (typeof value === "number") {
    const source = context.source ?? String(value);
    if (!/^-?\d+$/.test(source)) return value;
    if (source.length > DIGITS_MAX) {
      throw new SyntaxError(`an integer has over ${DIGITS_MAX} digits`);
    }
    return BigInt(source);
  }
  if (typeof value === "string") return requireWellFormed(value);
  if (typeof value === "boolean" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value as Record<string, PickleValue>);
  return new Map(entries.map(([key, item]) => [requireWellFormed(key), item]));
}

function requireWellFormed(text: string): string {
  if (!text.isWellFormed()) throw new SyntaxError("a text contains half a surrogate pair");
  return text;
}

function requireFlat(value: PickleValue, depthLeft: number): void {
  if (depthLeft < 0) throw new RangeError("Cannot read the JSON: it is nested too deeply");
  if (!Array.isArray(value) && !(value instanceof Map)) return;
  for (const item of value.values()) requireFlat(item, depthLeft - 1);
}
