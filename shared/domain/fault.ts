import type { View } from "./view.ts";

/** One error or warning about one place in the input data. */
export interface Fault {
  /** Id of the exam, or null if it concerns no single exam. */
  readonly exam: string | null;
  /** The view, or null. */
  readonly view: View | null;
  /** Name of the image without `.png`, or null. */
  readonly image: string | null;
  /** 1-based line of a text file or 0-based position in a list, if any. */
  readonly row?: number;
  /** Column, key or field, if any. */
  readonly field?: string;
  /** Stable slug in snake_case. */
  readonly code: string;
  /** One sentence that says what is wrong and what to do; no patient data. */
  readonly message: string;
}

/** A fault's required parts and optional location. */
export type FaultParts = Pick<Fault, "code" | "message"> & Partial<Fault>;

/** Creates a fault; exam, view and image default to null. */
export function faultOf(parts: FaultParts): Fault {
  return { exam: null, view: null, image: null, ...parts };
}
