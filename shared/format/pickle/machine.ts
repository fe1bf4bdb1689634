import { Budget, DICT_BYTES, LIST_BYTES, type PickleOptions, VALUE_BYTES } from "./budget.ts";
import { Cursor } from "./cursor.ts";
import { KeyEquality } from "./equality.ts";
import type { PickleError } from "./error.ts";
import { plain, type StackValue, tupleOf } from "./stack_value.ts";
import type { PickleValue } from "./value.ts";

/** The state of one reading: cursor, stack, marks, memo. It holds data and never runs any. */
export class Machine {
  /** Where the reading is. */
  readonly cursor: Cursor;
  /** What the reading may still take up. */
  readonly budget: Budget;
  /** Equality of dict keys. */
  readonly keys: KeyEquality;
  readonly #stack: StackValue[] = [];
  readonly #marks: number[] = [];
  /** Memo positions from 0 on without a gap, as picklers write them: an array takes a third of a map. */
  readonly #memo: StackValue[] = [];
  /** Memo positions beyond a gap. */
  readonly #memoBeyond = new Map<number, StackValue>();

  /**
   * @param bytes the whole pickle
   * @param options bounds that differ from the defaults
   */
  constructor(bytes: Uint8Array, options: PickleOptions) {
    this.cursor = new Cursor(bytes);
    this.budget = new Budget(this.cursor, options);
    this.keys = new KeyEquality(this.cursor, this.budget);
  }

  /** Number of values on the stack. */
  get height(): number {
    return this.#stack.length;
  }

  /** @returns the error to throw */
  fault(reason: string): PickleError {
    return this.cursor.fault(reason);
  }

  /** @param bytes what it takes up beside the bytes of the file */
  push(value: StackValue, bytes: number = VALUE_BYTES): void {
    this.budget.spend(bytes);
    this.#stack.push(value);
  }

  /** @param value a list or tuple, put on the stack */
  pushList(value: StackValue): void {
    this.push(value, LIST_BYTES);
  }

  /** @param value a dict, a set or another object, put on the stack */
  pushDict(value: StackValue): void {
    this.push(value, DICT_BYTES);
  }

  /** @returns the value on top, taken off */
  pop(): StackValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#underflow();
    return this.#stack.pop()!;
  }

  /** @returns the value on top, as a settled value, taken off */
  popPlain(): PickleValue {
    return plain(this.pop());
  }

  /** @returns the value on top, left there */
  top(): StackValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#underflow();
    return this.#stack.at(-1)!;
  }

  /** Marks the present height of the stack. */
  mark(): void {
    this.budget.spend(VALUE_BYTES);
    this.#marks.push(this.#stack.length);
  }

  /** @returns the values above the last mark, taken off with it */
  popToMark(): StackValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.fault("a mark is missing; the file is damaged");
    return this.#stack.splice(mark);
  }

  /** Takes values off the stack into a tuple. */
  pushTuple(length: number): void {
    const items = Array.from({ length }, () => this.pop()).reverse();
    this.pushList(tupleOf(items));
  }

  /** Drops the value on top, or the mark where it lies above every value. */
  drop(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  /** @param index memo position to keep the value on top under */
  remember(index: number): void {
    const value = this.top();
    if (index < this.#memo.length) this.#memo[index] = value;
    else if (index > this.#memo.length) this.#memoBeyond.set(index, value);
    else {
      this.#memo.push(value);
      this.#memoBeyond.delete(index);
    }
  }

  /** Keeps the value on top under the next memo position. */
  rememberNext(): void {
    this.remember(this.#memo.length + this.#memoBeyond.size);
  }

  /** @param index memo position whose value is put on the stack */
  recall(index: number): void {
    const value = index < this.#memo.length ? this.#memo[index] : this.#memoBeyond.get(index);
    if (value === undefined) {
      throw this.fault(`memo entry ${index} does not exist; the file is damaged`);
    }
    this.push(value, VALUE_BYTES);
  }

  #underflow(): PickleError {
    return this.fault("a value is missing on the stack; the file is damaged");
  }
}
