import type { Conversion, ConversionOrder, Inspection } from "../dicom_converter.ts";

/** Request to a converter process, one per line (JSON). */
export type ConverterRequest =
  | { readonly do: "inspect"; readonly path: string }
  | ({ readonly do: "convert" } & ConversionOrder);

/** Answer of a converter process, one per line (JSON), in request order. */
export type ConverterAnswer = Inspection | Conversion;

/** Exit code of a converter that timed out on a file. */
export const TIMED_OUT_EXIT_CODE = 75;
