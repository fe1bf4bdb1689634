import type { ResolvedChart, Tick } from "./curve_chart.ts";
import { estimateWidth, wrapText } from "./text_fit.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedText {
  readonly text: string;
  /** Anchor position, in pixels. */
  readonly x: number;
  /** Baseline, in pixels. */
  readonly y: number;
  /** Font size in pixels, at least 12. */
  readonly size: number;
  readonly bold: boolean;
  /** Which part of the text is at x. */
  readonly anchor: "start" | "middle" | "end";
  /** Whether it is rotated to read upwards. */
  readonly upwards: boolean;
}

export interface PlacedKey {
  readonly curve: number;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

export interface ChartLayout {
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** The plot area within the axes. */
  readonly plot: Box;
  readonly texts: readonly PlacedText[];
  readonly keys: readonly PlacedKey[];
}

const TITLE_SIZE = 18;
const TEXT_SIZE = 14;
const TICK_SIZE = 13;
const EDGE = 20;
/** Line height relative to the font size. */
const LEADING = 1.4;
/** Distance from the top of a line to its baseline, relative to the font size. */
const ASCENT = 1.05;
/** Distance from the middle of digits to their baseline, relative to the font size. */
const HALF_FIGURE = 0.36;
const TICK_GAP = 8;
/** Largest share of the width for tick labels, so that the plot stays readable. */
const SIDE_LABEL_SHARE_MAX = 0.32;
const KEY_WIDTH = 44;
const KEY_GAP = 10;

/** Places all parts from the top down, in pixels. */
export function layoutChart(chart: ResolvedChart): ChartLayout {
  const head = headOf(chart);
  const left = EDGE + (chart.yLabel === "" ? 0 : TEXT_SIZE * LEADING) +
    sideWidth(chart.y.ticks, chart) + TICK_GAP;
  const rightTexts = chart.rightTexts ?? [];
  const rightWidth = rightTexts.length === 0
    ? Math.max(EDGE, lastMarkReach(chart))
    : EDGE + TICK_GAP + sideWidth(rightTexts, chart);
  const width = chart.width - left - rightWidth;
  const plot = { left, top: head.bottom, width, height: chart.plotHeight ?? width };
  const legend = legendOf(chart, plot.top + plot.height + TICK_SIZE * 2 + TEXT_SIZE + 26);
  return {
    width: chart.width,
    height: Math.ceil(legend.bottom + EDGE - 6),
    plot,
    texts: [
      ...head.texts,
      ...xTexts(chart, plot),
      ...sideTexts(chart.y.ticks, plot.left - TICK_GAP, "end", chart, plot),
      ...yLabelOf(chart, plot),
      ...sideTexts(rightTexts, plot.left + plot.width + TICK_GAP, "start", chart, plot),
      ...legend.texts,
    ],
    keys: legend.keys,
  };
}

export function scalesOf(
  { x, y }: ResolvedChart,
  plot: Box,
): { readonly x: (value: number) => number; readonly y: (value: number) => number } {
  return {
    x: (value) => plot.left + (value - x.min) / (x.max - x.min) * plot.width,
    y: (value) => plot.top + (y.max - value) / (y.max - y.min) * plot.height,
  };
}

function placed(text: string, x: number, y: number, more: Partial<PlacedText>): PlacedText {
  return { text, x, y, size: TEXT_SIZE, bold: false, anchor: "start", upwards: false, ...more };
}

/** Places lines below each other, the first with its top at `top`. */
function block(lines: readonly string[], x: number, top: number, more: Partial<PlacedText>): {
  readonly texts: PlacedText[];
  readonly bottom: number;
} {
  const size = more.size ?? TEXT_SIZE;
  const texts = lines.map((line, index) =>
    placed(line, x, top + index * size * LEADING + size * ASCENT, more)
  );
  return { texts, bottom: top + lines.length * size * LEADING };
}

function headOf(chart: ResolvedChart): ReturnType<typeof block> {
  const { title, subtitle } = chart;
  if (title === "" && subtitle === "") return { texts: [], bottom: EDGE };
  const width = chart.width - 2 * EDGE;
  const titleLines = wrapText(title, TITLE_SIZE, width / 1.1, 2); // bold runs a tenth wider
  const heading = block(titleLines, EDGE, EDGE - 4, { size: TITLE_SIZE, bold: true });
  const below = block(wrapText(subtitle, TEXT_SIZE, width, 3), EDGE, heading.bottom + 2, {});
  return { texts: [...heading.texts, ...below.texts], bottom: below.bottom + 16 };
}

function sideWidth(ticks: readonly Tick[], { width }: ResolvedChart): number {
  const widths = ticks.map(({ label }) => estimateWidth(label, TICK_SIZE));
  return Math.min(Math.max(0, ...widths), width * SIDE_LABEL_SHARE_MAX);
}

/** How far the last tick label of the x axis extends beyond the plot. */
function lastMarkReach({ x }: ResolvedChart): number {
  return estimateWidth(x.ticks.at(-1)?.label ?? "", TICK_SIZE) / 2;
}

function sideTexts(
  ticks: readonly Tick[],
  x: number,
  anchor: "start" | "end",
  chart: ResolvedChart,
  plot: Box,
): PlacedText[] {
  const scales = scalesOf(chart, plot);
  return ticks.flatMap(({ at, label }) => {
    const lines = wrapText(label, TICK_SIZE, chart.width * SIDE_LABEL_SHARE_MAX, 2);
    return lines.map((line, index) => {
      const offset = (index - (lines.length - 1) / 2) * TICK_SIZE * 1.2;
      const y = scales.y(at) + offset + TICK_SIZE * HALF_FIGURE;
      return placed(line, x, y, { size: TICK_SIZE, anchor });
    });
  });
}

function xTexts(chart: ResolvedChart, plot: Box): PlacedText[] {
  const bottom = plot.top + plot.height;
  const scales = scalesOf(chart, plot);
  const middle = { anchor: "middle" } as const;
  return [
    ...chart.x.ticks.map(({ at, label }) =>
      placed(label, scales.x(at), bottom + TICK_GAP + TICK_SIZE, { ...middle, size: TICK_SIZE })
    ),
    placed(
      chart.xLabel,
      plot.left + plot.width / 2,
      bottom + TICK_GAP + 2 * TICK_SIZE + 16,
      middle,
    ),
  ];
}

function yLabelOf({ yLabel }: ResolvedChart, plot: Box): PlacedText[] {
  if (yLabel === "") return [];
  const y = plot.top + plot.height / 2;
  return [placed(yLabel, EDGE + TEXT_SIZE * 0.8, y, { anchor: "middle", upwards: true })];
}

function legendOf({ curves, width }: ResolvedChart, top: number): {
  readonly texts: PlacedText[];
  readonly keys: PlacedKey[];
  readonly bottom: number;
} {
  const [left, right] = [EDGE, EDGE + KEY_WIDTH];
  const texts: PlacedText[] = [];
  const keys: PlacedKey[] = [];
  let bottom = top;
  for (const [curve, { label }] of curves.entries()) {
    const lines = wrapText(label, TEXT_SIZE, width - right - KEY_GAP - EDGE, 3);
    if (lines.length === 0) continue;
    const entry = block(lines, right + KEY_GAP, bottom, {});
    keys.push({ curve, left, right, y: entry.texts[0]!.y - TEXT_SIZE * HALF_FIGURE });
    texts.push(...entry.texts);
    bottom = entry.bottom + 3;
  }
  return { texts, keys, bottom };
}
