import type { BreastSide } from "./breast_side.ts";
import type { ImageDescription } from "./describe_image.ts";
import type { RefusalCode } from "./dicom_refused.ts";
import type { VoiChoice } from "./voi.ts";

/** Why a file cannot be used; the message follows the file's name. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
  /** Contents of the readable part of the header, if it is a mammogram or of unknown kind. */
  readonly description?: ImageDescription;
}

/** Result of reading a file's header. */
export type Inspection = Refusal | {
  readonly ok: true;
  readonly description: ImageDescription;
  /** Byte offset of the pixels; 0 when unknown. */
  readonly pixelsAt?: number;
  /** Hex SHA-256 of header, size and modification time: changes with the file. */
  readonly fingerprint: string;
};

/** A doubt about a converted image. */
export interface ConversionWarning {
  /** Stable slug. */
  readonly code: string;
  /** Follows the image's name. */
  readonly text: string;
}

export type Conversion = Refusal | {
  readonly ok: true;
  readonly breast: BreastSide;
  readonly warnings: readonly ConversionWarning[];
};

/** An image to convert. */
export interface ConversionOrder {
  readonly path: string;
  /** Absolute path of the PNG, in an existing folder. */
  readonly target: string;
  readonly window: VoiChoice;
}

/** Inspects and converts DICOM files in isolation, so that a hostile file cannot harm the service. */
export interface DicomConverter extends AsyncDisposable {
  /** Number of concurrent requests; further requests wait. */
  readonly lanes: number;
  /** Reads the header of a file. */
  inspect(path: string): Promise<Inspection>;
  /** Writes an image as PNG, atomically. */
  convert(order: ConversionOrder): Promise<Conversion>;
}

/** Request to a converter process, one per line (JSON). */
export type ConverterRequest =
  | { readonly do: "inspect"; readonly path: string }
  | ({ readonly do: "convert" } & ConversionOrder);

/** Answer of a converter process, one per line (JSON), in request order. */
export type ConverterAnswer = Inspection | Conversion;

/** Exit code of a converter that timed out on a file. */
export const TIMED_OUT_EXIT_CODE = 75;
