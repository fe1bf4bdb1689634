import type { StudyKeys } from "./describe_image.ts";

/** Names one image of a PACS. */
export interface InstanceAddress {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** What studies are asked for: names of attributes, values as DICOM matches them. */
export type PacsQuery = Readonly<Record<string, string>>;

/** The PACS did not do what was asked; the message tells no name. */
export class PacsFailed extends Error {
  override name = "PacsFailed";
}

/** An archive of images, asked over the network. */
export interface Pacs {
  /**
   * Asks for studies with mammograms.
   *
   * @throws {PacsFailed}
   */
  studies(query: PacsQuery): AsyncIterable<StudyKeys>;
  /**
   * @returns its mammograms
   * @throws {PacsFailed}
   */
  mammograms(studyInstanceUid: string): Promise<InstanceAddress[]>;
  /**
   * @returns the file as it is stored there
   * @throws {PacsFailed}
   */
  retrieve(address: InstanceAddress): Promise<Uint8Array>;
}
