/** What is looked at of one image file without decoding it. */
export interface ImageGlance {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number;
  /** Who may open the file, and the folders on the way to it, up to the images folder. */
  readonly access: readonly [file: FileAccess, ...folders: readonly FileAccess[]];
  /** The file's first bytes, at most {@link GLANCE_BYTES}. */
  readonly head: Uint8Array;
  /** The file's last bytes, at most {@link GLANCE_BYTES}. */
  readonly tail: Uint8Array;
  /** The whole file, where it was asked for and is not larger than an image can be. */
  readonly whole: Uint8Array | null;
}

/** Who may open a file or folder, as stat(2) tells it. */
export interface FileAccess {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** How much of each end of a file is looked at: a disk's page, well over PNG's header and trailer. */
export const GLANCE_BYTES = 4096;

/** Result of looking at one image. */
export type GlanceResult =
  | { readonly ok: true; readonly glance: ImageGlance }
  | { readonly ok: false; readonly reason: "missing" | "outside" | "unreadable" | "not_a_file" };

/** Where a dataset's images are read from. */
export interface ImageSource {
  /**
   * @param folder absolute path of the dataset's images
   * @param name image name without `.png`, may contain `/`
   * @param part `ends` reads two pages, `whole` all of the file, once
   * @returns what was read, or why nothing can be; a link that a container could not follow
   *   is `outside`
   */
  glance(folder: string, name: string, part: "ends" | "whole"): Promise<GlanceResult>;
}
