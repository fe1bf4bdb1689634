/** A container image that mammoeval has built for this volume. */
export interface StoredImage {
  readonly tag: string;
  /** `sha256:…` of the image's configuration. */
  readonly digest: string;
  /** Folder of the model, or of the base that models build on. */
  readonly folder: string;
  readonly kind: "model" | "base";
  /** Size with all layers, of which other images may share some. */
  readonly sizeBytes: number;
  /** RFC 3339. */
  readonly builtAt: string;
  /** A container, running or ended, is made from it. */
  readonly used: boolean;
}

/** The images that the engine keeps. */
export interface ImageStore {
  /** Images of this volume, oldest first. */
  list(): Promise<StoredImage[]>;
  /**
   * Removes an image. The engine refuses when a container uses it or another image builds on it.
   *
   * @returns whether it is gone
   */
  remove(image: StoredImage): Promise<boolean>;
}
