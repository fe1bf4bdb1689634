import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { ScrollingRegion } from "../../../../shared/pages/mod.ts";

/** Width of forest plots: the page width. */
export const FOREST_WIDTH = 720;

/** A chart with a caption. */
export function Chart({ svg, caption, wide }: {
  readonly svg: string;
  readonly caption: string;
  /** Label of the scrolling region, for a chart that keeps its size on a narrow screen. */
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
