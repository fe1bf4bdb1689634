import type { Conversion, ConversionOrder, Inspection } from "../dicom_converter.ts";

/** What a converter process is asked, one a line (JSON). */
export type ConverterRequest =
  | { readonly do: "inspect"; readonly path: string }
  | ({ readonly do: "convert" } & ConversionOrder);

/** What it answers, one a line (JSON), in the order of the requests. */
export type ConverterAnswer = Inspection | Conversion;

/** Exit code of a converter that has lost patience with a file. */
export const TIMED_OUT_EXIT_CODE = 75;
