import { Python2Text } from "./python_text.ts";
import { PickleTuple, type PickleValue } from "./value.ts";

/** A value on the stack, possibly an undecided `str` of Python 2. */
export type StackValue = PickleValue | Python2Text;

/** Converts an undecided `str` of Python 2 to text. */
export function plain(value: StackValue): PickleValue {
  return value instanceof Python2Text ? value.text() : value;
}

/** A tuple whose Python 2 `str` members stay undecided: numpy takes packed numbers from tuples. */
export function tupleOf(items: readonly StackValue[]): PickleTuple {
  return new PickleTuple(items as readonly PickleValue[]);
}
