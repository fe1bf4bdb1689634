import { type Budget, VALUE_BYTES } from "./budget.ts";
import type { Cursor } from "./cursor.ts";
import { decodeLatin1 } from "./cursor.ts";
import { plain } from "./stack_value.ts";
import { PickleTuple, type PickleValue } from "./value.ts";

/** Keys equal in Python, not in JavaScript: `1 == 1.0 == True`, tuples, bytes and frozensets. */
export class KeyEquality {
  readonly #cursor: Cursor;
  readonly #budget: Budget;
  /** Per container with compound keys: canonical text → first key. */
  readonly #compound = new WeakMap<object, Map<string, PickleValue>>();

  /** @param budget counts the cost of comparing compound keys */
  constructor(cursor: Cursor, budget: Budget) {
    this.#cursor = cursor;
    this.#budget = budget;
  }

  /** Sets an entry as a Python dict does: the first of equal keys stays, the last value wins. */
  setItem(map: Map<PickleValue, PickleValue>, key: PickleValue, value: PickleValue): void {
    map.set(this.#first(map, key), value);
  }

  /** Adds a member as a Python set does: the first of equal members stays. */
  addMember(set: Set<PickleValue>, member: PickleValue): void {
    set.add(this.#first(set, member));
  }

  /** Returns the equal key already in the container, else the key itself. */
  #first(
    container: Map<PickleValue, PickleValue> | Set<PickleValue>,
    key: PickleValue,
  ): PickleValue {
    if (typeof key === "string" || key === null) return key;
    if (typeof key !== "object") {
      return this.#numericTwins(key).find((twin) => container.has(twin)) ?? key;
    }
    const text = this.#canonical(key, 0);
    let known = this.#compound.get(container);
    if (known === undefined) this.#compound.set(container, known = new Map());
    const first = known.get(text);
    if (first !== undefined) return first;
    known.set(text, key);
    return key;
  }

  #numericTwins(key: bigint | number | boolean): PickleValue[] {
    if (Number.isNaN(key)) {
      throw this.#cursor.fault("NaN is the key of a dict or a member of a set; leave it out");
    }
    if (typeof key === "number" && !Number.isInteger(key)) return [key];
    const integer = BigInt(key);
    const double = Number(integer);
    const twins: PickleValue[] = [integer];
    if (BigInt(double) === integer) twins.push(double);
    if (integer === 0n || integer === 1n) twins.push(integer === 1n);
    return twins;
  }

  /** Same text for all values that are equal in Python. */
  #canonical(value: PickleValue, depth: number): string {
    if (depth > this.#budget.depthMax) throw this.#budget.tooDeep();
    this.#budget.spend(VALUE_BYTES);
    if (value === null) return "N";
    if (typeof value === "string") return this.#text("s", value);
    if (typeof value !== "object") return String(this.#numericTwins(value)[0]);
    if (value instanceof Uint8Array) return this.#text("b", decodeLatin1(value));
    if (value instanceof PickleTuple) {
      return `(${value.items.map((item) => this.#canonical(plain(item), depth + 1)).join()})`;
    }
    if (value instanceof Set) {
      return `{${[...value].map((item) => this.#canonical(item, depth + 1)).sort().join()}}`;
    }
    throw this.#cursor.fault(
      "a list, dict, array or class is the key of a dict or a member of a set; use text",
    );
  }

  #text(kind: string, text: string): string {
    this.#budget.spend(text.length);
    return `${kind}${text.length}:${text}`;
  }
}
