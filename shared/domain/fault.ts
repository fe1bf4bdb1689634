import type { View } from "./view.ts";

/** One thing that is wrong, or doubtful, with one place in a data owner's input. */
export interface Fault {
  /** Id of the exam, or null where the fault is not of one exam. */
  readonly exam: string | null;
  /** The view, or null. */
  readonly view: View | null;
  /** Name of the image without `.png`, or null. */
  readonly image: string | null;
  /** 1-based line of a text file or 0-based position in a list, where there is one. */
  readonly row?: number;
  /** Column, key or field, where there is one. */
  readonly field?: string;
  /** Stable slug in snake_case. */
  readonly code: string;
  /** One sentence: what is wrong and what to do. No patient data. */
  readonly message: string;
}

/** What must be said of a fault; where it lies may be told too. */
export type FaultParts = Pick<Fault, "code" | "message"> & Partial<Fault>;

/** Makes a fault of no exam, view or image unless told. */
export function faultOf(parts: FaultParts): Fault {
  return { exam: null, view: null, image: null, ...parts };
}
