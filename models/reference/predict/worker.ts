/**
 * Measures one image after the other, as it is told.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { Features } from "./features.ts";
import { measureImage } from "./measure_image.ts";

/** What a worker is asked. */
export interface Order {
  /** Path of the PNG file. */
  readonly path: string;
  /** Whether it is an MLO view. */
  readonly oblique: boolean;
}

/** What a worker answers. */
export type Answer = { readonly features: Features } | { readonly failure: string };

function answer(order: Order): Answer {
  try {
    return { features: measureImage(Deno.readFileSync(order.path), order.oblique) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = (event: MessageEvent<Order>): void => self.postMessage(answer(event.data));
