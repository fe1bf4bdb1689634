/** What can be read of an image file without decoding it. */
export interface ImageGlance {
  readonly bytes: number;
  /** Last modification time, in milliseconds since 1970. */
  readonly modified: number;
  /** Permissions of the file, and of the folders through which it is reached from the images folder. */
  readonly access: readonly [file: FileAccess, ...folders: readonly FolderAccess[]];
  /** The file's first bytes, at most {@link GLANCE_BYTES}. */
  readonly head: Uint8Array;
  /** The file's last bytes, at most {@link GLANCE_BYTES}. */
  readonly tail: Uint8Array;
  /** The whole file, if requested and not larger than an image may be. */
  readonly whole: Uint8Array | null;
}

/** Permissions of a file or folder, from stat(2). */
export interface FileAccess {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Permissions of a folder; its path is relative to the images folder, which is "". */
export interface FolderAccess extends FileAccess {
  readonly path: string;
}

/** Bytes read from each end of a file: a disk page, well over PNG's header and trailer. */
export const GLANCE_BYTES = 4096;

export type GlanceResult =
  | { readonly ok: true; readonly glance: ImageGlance }
  | {
    readonly ok: false;
    readonly reason: "missing" | "dangling" | "outside" | "unreadable" | "not_a_file";
  };

export interface ImageSource {
  /** Reads both ends or the whole of an image; a link that a container cannot follow is `outside`. */
  glance(folder: string, name: string, part: "ends" | "whole"): Promise<GlanceResult>;
}
