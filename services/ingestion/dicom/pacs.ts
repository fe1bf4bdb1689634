import type { StudyKeys } from "./describe_image.ts";

export interface InstanceAddress {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** Study query: attribute names and values, matched as DICOM does. */
export type PacsQuery = Readonly<Record<string, string>>;

/** An odd answer of a PACS that is no reason to stop. */
export type PacsDoubt = "pacs_uid_invalid" | "pacs_offset_ignored";

/** A PACS request failed; the message contains no names. */
export class PacsFailed extends Error {
  override name = "PacsFailed";
}

/** The part of `fetch` that PACS requests use. */
export type FetchPacs = (url: string, init: RequestInit) => Promise<Response>;

/** An image archive (PACS), queried over the network. */
export interface Pacs {
  /**
   * Searches for studies with mammograms.
   * @throws {PacsFailed}
   */
  studies(query: PacsQuery, doubt: (doubt: PacsDoubt) => void): AsyncIterable<StudyKeys>;
  /** @throws {PacsFailed} */
  mammograms(
    studyInstanceUid: string,
    doubt: (doubt: PacsDoubt) => void,
  ): Promise<InstanceAddress[]>;
  /**
   * The file as stored, or null.
   * @throws {PacsFailed}
   */
  retrieve(address: InstanceAddress): Promise<Uint8Array | null>;
}
