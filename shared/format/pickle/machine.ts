import { Budget, DICT_BYTES, LIST_BYTES, type PickleOptions, VALUE_BYTES } from "./budget.ts";
import { Cursor, type PickleError } from "./cursor.ts";
import { KeyEquality } from "./equality.ts";
import { plain, type StackValue, tupleOf } from "./stack_value.ts";
import type { PickleValue } from "./value.ts";

/** State of one reading: cursor, stack, marks, memo. It holds data and never runs any. */
export class Machine {
  /** Current position. */
  readonly cursor: Cursor;
  /** Remaining resources of the reading. */
  readonly budget: Budget;
  /** Equality of dict keys. */
  readonly keys: KeyEquality;
  readonly #stack: StackValue[] = [];
  readonly #marks: number[] = [];
  /** Memo entries from 0 without a gap, as picklers write them: an array takes a third of a map's memory. */
  readonly #memo: StackValue[] = [];
  /** Memo entries beyond a gap. */
  readonly #memoBeyond = new Map<number, StackValue>();

  /** @param bytes the whole pickle */
  constructor(bytes: Uint8Array, options: PickleOptions) {
    this.cursor = new Cursor(bytes);
    this.budget = new Budget(this.cursor, options);
    this.keys = new KeyEquality(this.cursor, this.budget);
  }

  /** Number of values on the stack. */
  get height(): number {
    return this.#stack.length;
  }

  /** Returns the error to throw. */
  fault(reason: string): PickleError {
    return this.cursor.fault(reason);
  }

  /** Pushes a value that takes `bytes` of memory besides the bytes of the file. */
  push(value: StackValue, bytes: number = VALUE_BYTES): void {
    this.budget.spend(bytes);
    this.#stack.push(value);
  }

  /** Pushes a list or tuple. */
  pushList(value: StackValue): void {
    this.push(value, LIST_BYTES);
  }

  /** Pushes a dict, a set or another object. */
  pushDict(value: StackValue): void {
    this.push(value, DICT_BYTES);
  }

  /** Pops the top value. */
  pop(): StackValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#underflow();
    return this.#stack.pop()!;
  }

  /** Pops the top value and settles it. */
  popPlain(): PickleValue {
    return plain(this.pop());
  }

  /** Returns the top value without popping it. */
  top(): StackValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#underflow();
    return this.#stack.at(-1)!;
  }

  /** Marks the current stack height. */
  mark(): void {
    this.budget.spend(VALUE_BYTES);
    this.#marks.push(this.#stack.length);
  }

  /** Pops the last mark and the values above it. */
  popToMark(): StackValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.fault("a mark is missing; the file is damaged");
    return this.#stack.splice(mark);
  }

  /** Pops values into a tuple. */
  pushTuple(length: number): void {
    const items = Array.from({ length }, () => this.pop()).reverse();
    this.pushList(tupleOf(items));
  }

  /** Pops the top value, or the mark if it lies above all values. */
  drop(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  /** Stores the top value at memo position `index`. */
  remember(index: number): void {
    const value = this.top();
    if (index < this.#memo.length) this.#memo[index] = value;
    else if (index > this.#memo.length) this.#memoBeyond.set(index, value);
    else {
      this.#memo.push(value);
      this.#memoBeyond.delete(index);
    }
  }

  /** Stores the top value at the next memo position. */
  rememberNext(): void {
    this.remember(this.#memo.length + this.#memoBeyond.size);
  }

  /** Pushes the value at memo position `index`. */
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
