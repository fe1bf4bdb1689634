import { Python2Text } from "./python_text.ts";
import { PickleTuple, type PickleValue } from "./value.ts";

/** What lies on the stack: a value, or a `str` of Python 2 whose meaning is still open. */
export type StackValue = PickleValue | Python2Text;

/** Settles the meaning of a `str` of Python 2 as text. */
export function plain(value: StackValue): PickleValue {
  return value instanceof Python2Text ? value.text() : value;
}

/**
 * Makes a tuple whose Python 2 `str` members stay open: numpy takes its packed numbers out of
 * tuples. `settle` closes them when the whole file has been read.
 */
export function tupleOf(items: readonly StackValue[]): PickleTuple {
  return new PickleTuple(items as readonly PickleValue[]);
}
