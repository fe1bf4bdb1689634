import type { BreastSide } from "./breast_side.ts";
import type { ImageDescription } from "./describe_image.ts";
import type { RefusalCode } from "./dicom_refused.ts";
import type { VoiChoice } from "./voi.ts";

/** A file cannot be used; the message goes on after its name. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
  /** What the readable part of its header tells, where that is a mammogram or tells nothing. */
  readonly description?: ImageDescription;
}

/** What a look at a file's header gives. */
export type Inspection = Refusal | {
  readonly ok: true;
  readonly description: ImageDescription;
  /** Where the pixels begin, in bytes of the file; 0 when that is not known. */
  readonly pixelsAt?: number;
  /** SHA-256 in hex over header, size and time of change: the same while the file is. */
  readonly fingerprint: string;
};

/** Something doubtful in an image that was converted. */
export interface ConversionWarning {
  /** Stable slug. */
  readonly code: string;
  /** Goes on after the image's name. */
  readonly text: string;
}

/** What a conversion gives. */
export type Conversion = Refusal | {
  readonly ok: true;
  readonly breast: BreastSide;
  readonly warnings: readonly ConversionWarning[];
};

/** One image to be converted. */
export interface ConversionOrder {
  /** Absolute path of the DICOM file. */
  readonly path: string;
  /** Absolute path of the PNG; its folder exists. */
  readonly target: string;
  readonly window: VoiChoice;
}

/** Looks into DICOM files and converts them, where a hostile one can do no harm to the service. */
export interface DicomConverter extends AsyncDisposable {
  /** How many files it works on at a time; more requests wait. */
  readonly lanes: number;
  /** Looks at the header of a file. */
  inspect(path: string): Promise<Inspection>;
  /** Writes an image as PNG, whole or not at all. */
  convert(order: ConversionOrder): Promise<Conversion>;
}
