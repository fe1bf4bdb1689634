import type { StudyKeys } from "./describe_image.ts";

/** Names one image of a PACS. */
export interface InstanceAddress {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** What studies are asked for: names of attributes, values as DICOM matches them. */
export type PacsQuery = Readonly<Record<string, string>>;

/** What is odd about an answer of a PACS, and no reason to stop. */
export type PacsDoubt = "pacs_uid_invalid" | "pacs_offset_ignored";

/** The PACS did not do what was asked; the message tells no name. */
export class PacsFailed extends Error {
  override name = "PacsFailed";
}

/** Part of `fetch` that a PACS is asked with. */
export type FetchPacs = (url: string, init: RequestInit) => Promise<Response>;

/** An archive of images, asked over the network. */
export interface Pacs {
  /**
   * Asks for studies with mammograms.
   *
   * @param doubt told what is odd about the answers, once for each oddity
   * @throws {PacsFailed}
   */
  studies(query: PacsQuery, doubt: (doubt: PacsDoubt) => void): AsyncIterable<StudyKeys>;
  /**
   * @returns its mammograms
   * @throws {PacsFailed}
   */
  mammograms(
    studyInstanceUid: string,
    doubt: (doubt: PacsDoubt) => void,
  ): Promise<InstanceAddress[]>;
  /**
   * @returns the file as it is stored there, or null when there is none
   * @throws {PacsFailed}
   */
  retrieve(address: InstanceAddress): Promise<Uint8Array | null>;
}
