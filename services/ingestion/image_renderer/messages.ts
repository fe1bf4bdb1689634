import type { Rendered, View } from "./render.ts";

/** One image as it lies in the images folder now. */
export interface ImageFile {
  /** Absolute path of the images folder. */
  readonly folder: string;
  /** Its name, without `.png`. */
  readonly name: string;
  /** Changes with the content of the file. */
  readonly version: string;
}

/** What a renderer's thread is told to do. */
export interface RenderOrder {
  readonly id: number;
  readonly file: ImageFile;
  readonly view: View;
}

/** What it answers. */
export type RenderAnswer =
  | { readonly id: number; readonly rendered: Rendered }
  | { readonly id: number; readonly failed: string };
