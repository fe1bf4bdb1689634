/** A container image that mammoeval built for this volume. */
export interface StoredImage {
  readonly tag: string;
  /** `sha256:…` of the image's configuration. */
  readonly digest: string;
  /** Folder of the model or base. */
  readonly folder: string;
  readonly kind: "model" | "base";
  /** Size of all layers, some of which other images may share. */
  readonly sizeBytes: number;
  readonly builtAt: string;
  /** A running or ended container was created from it. */
  readonly used: boolean;
}

export interface ImageStore {
  /** Images of this volume, oldest first. */
  list(): Promise<StoredImage[]>;
  /** Removes an image; returns false if the engine refuses because a container or another image uses it. */
  remove(image: StoredImage): Promise<boolean>;
}
