import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { ScrollingRegion } from "../../../../shared/pages/mod.ts";
import { FOREST_ROWS_MAX } from "../../../../shared/limits.ts";
import { forestChart, type ForestChartData } from "../forest_chart.ts";
import { renderSvg } from "../render_svg.ts";

/** Width of forest plots: the page width. */
export const FOREST_WIDTH = 720;

export function Chart({ svg, caption, wide, files }: {
  readonly svg: string;
  readonly caption: string;
  /** Addresses of the figure as files; none by default. */
  readonly files?: { readonly svg: string; readonly png: string } | undefined;
  /** Label of the scrolling region, for a chart that keeps its size on a narrow screen. */
  readonly wide?: string;
}): JSX.Element {
  return (
    <figure>
      {wide === undefined
        ? <div class="chart">{raw(svg)}</div>
        : <ScrollingRegion label={wide} kind="chart wide">{raw(svg)}</ScrollingRegion>}
      <figcaption>
        {caption}
        {files !== undefined && (
          <span class="actions">
            <a href={files.svg}>SVG</a> <a href={files.png}>PNG</a>
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** Forest plots of any number of rows with a common axis, each short enough for a page. */
export function ForestPlots({ name, caption, rows, ...data }: {
  /** Title of the plots. */
  readonly name: string;
  readonly caption: string;
} & Pick<ForestChartData, "metric" | "overall" | "rows">): JSX.Element {
  const ends = rows.flatMap(({ value, ci }) => ci ?? (value === null ? [] : [value]));
  const range = [Math.min(1, ...ends), Math.max(data.overall === "difference" ? 0 : 1, ...ends)];
  const count = Math.ceil(rows.length / FOREST_ROWS_MAX);
  return (
    <>
      {Array.from({ length: count }, (_, part) => {
        const from = part * FOREST_ROWS_MAX;
        const svg = renderSvg(forestChart({
          ...data,
          title: part === 0 ? name : `${name}, continued`,
          subtitle: "",
          rows: rows.slice(from, from + FOREST_ROWS_MAX),
          range,
          width: FOREST_WIDTH,
        }));
        const label = part === 0
          ? `Forest plot: ${name}`
          : `Forest plot: ${name}, part ${part + 1}`;
        return <Chart svg={svg} caption={caption} wide={label} />;
      })}
    </>
  );
}
