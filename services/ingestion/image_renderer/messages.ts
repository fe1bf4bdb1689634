import type { Rendered, View } from "./render.ts";

export interface RenderOrder {
  readonly id: number;
  /** Changes with the file's content. */
  readonly version: string;
  readonly view: View;
  /** The file, sent once the thread has asked for it. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

export type RenderAnswer =
  | { readonly id: number; readonly rendered: Rendered }
  | { readonly id: number; readonly failed: string }
  /** The image's pixels are not cached: send the request again, with the file. */
  | { readonly id: number; readonly wants: "bytes" };
