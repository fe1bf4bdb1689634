import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { ScrollingRegion } from "../../../../shared/pages/mod.ts";

/** Forest plots are drawn as wide as the page. */
export const FOREST_WIDTH = 720;

/** A chart with what it says in words. */
export function Chart({ svg, caption, wide }: {
  readonly svg: string;
  readonly caption: string;
  /** Whether it keeps its size and scrolls by itself where the screen is narrow. */
  readonly wide?: string;
}): JSX.Element {
  return (
    <figure>
      {wide === undefined
        ? <div class="chart">{raw(svg)}</div>
        : <ScrollingRegion label={wide} kind="chart wide">{raw(svg)}</ScrollingRegion>}
      <figcaption>{caption}</figcaption>
    </figure>
  );
}
