import type { Rendered, View } from "./render.ts";

/** What a renderer's thread is told to do. */
export interface RenderOrder {
  readonly id: number;
  /** Changes with the content of the file. */
  readonly version: string;
  readonly view: View;
  /** The file, once the thread has asked for it. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** What it answers. */
export type RenderAnswer =
  | { readonly id: number; readonly rendered: Rendered }
  | { readonly id: number; readonly failed: string }
  /** It does not have the image's pixels: the order is to be sent again, with the file. */
  | { readonly id: number; readonly wants: "bytes" };
