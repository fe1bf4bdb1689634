import type { ClusterOrder } from "./clusters.ts";
import type { ClusteredSample } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";
import type { ChosenShare } from "./threshold_choice.ts";

/** Half-width, in standard errors of the share, of the window for replicates' thresholds. */
const WINDOW_ERRORS = 8;
/** Maximum number of cells; sharing one moves a threshold by less than 1/60 of a standard error. */
const CELLS_MAX = 1024;

/** The scores that may be thresholds, as cells from the highest score down. */
export interface ThresholdCells {
  /** Number of cells; cell 0 holds all scores above the window. */
  readonly cells: number;
  /** The cell of each sample; `cells` for samples below the window, which are never called. */
  readonly cellOf: Int32Array;
}

/**
 * Splits samples of both classes into cells between the thresholds that a replicate may choose: for a sensitivity at a
 * positive's score, for a specificity just above a negative's.
 */
export function thresholdCells(sample: ClusteredSample, choice: ChosenShare): ThresholdCells {
  const { scores, labels } = sample;
  const { thresholds, groupOf } = groupTies(scores);
  const deciding = "sensitivity" in choice ? 1 : 0;
  const held = new Int32Array(thresholds.length);
  for (let at = 0; at < groupOf.length; at++) {
    if (labels[at] === deciding) held[groupOf[at]!]! += 1;
  }
  const all = held.reduce((sum, count) => sum + count, 0);
  const called = "sensitivity" in choice ? choice.sensitivity : 1 - choice.specificity;
  const error = Math.sqrt(largestCluster(sample, deciding) / (4 * all));
  const from = (called - WINDOW_ERRORS * error) * all;
  const to = (called + WINDOW_ERRORS * error) * all;
  // A cell ends after a positive that may reach the sensitivity, or before a negative that may break the specificity.
  const cellOfGroup = new Int32Array(thresholds.length);
  let cell = 0;
  let before = 0;
  for (let group = 0; group < held.length; group++) {
    // For a sensitivity of 0 the highest score is enough, even a negative's.
    const decides = held[group]! > 0 || (deciding === 1 && called === 0 && before === 0);
    const breaks = decides && before >= from && before <= to;
    if (deciding === 0 && breaks) cell += 1;
    cellOfGroup[group] = before > to ? -1 : cell;
    before += held[group]!;
    if (deciding === 1 && breaks) cell += 1;
  }
  const stride = Math.ceil((cell + 1) / CELLS_MAX);
  const cells = Math.floor(cell / stride) + 1;
  return {
    cells,
    cellOf: groupOf.map((group) => {
      const own = cellOfGroup[group]!;
      return own === -1 ? cells : Math.floor(own / stride);
    }),
  };
}

function largestCluster({ labels, clusters }: ClusteredSample, label: 0 | 1): number {
  if (clusters === null) return 1;
  const sizes = new Map<number, number>();
  for (let at = 0; at < labels.length; at++) {
    if (labels[at] === label) sizes.set(clusters[at]!, (sizes.get(clusters[at]!) ?? 0) + 1);
  }
  return sizes.values().reduce((largest, size) => Math.max(largest, size), 1);
}

/** The members of a unit that may be called, from the highest score down. */
export interface CellUnit {
  readonly members: readonly { readonly cell: number; readonly label: 0 | 1 }[];
  readonly positives: number;
  readonly negatives: number;
}

/** Clusters whose members are in the same cells. */
export interface CellKind {
  /** The units of such a cluster; one if clusters have no units. */
  readonly units: readonly CellUnit[];
  readonly positives: number;
  readonly negatives: number;
  /** Units with a positive, and the negatives in them. */
  readonly unitsWith: number;
  readonly negativesWith: number;
  clusters: number;
}

/** Groups the clusters by kind, those with a positive first. */
export function cellKinds(
  { labels, clusters, units }: ClusteredSample,
  { order, starts }: Pick<ClusterOrder, "order" | "starts">,
  { cells, cellOf }: ThresholdCells,
): { readonly kinds: readonly CellKind[]; readonly kindOf: Int32Array } {
  // Encodes cell and label: 2 · cell, plus 1 for a negative.
  const codesOf = (rows: readonly number[] | Int32Array): number[] =>
    Array.from(rows, (at) => 2 * cellOf[at]! + 1 - labels[at]!).sort((a, b) => a - b);
  const kinds: CellKind[] = [];
  const numbers = new Map<string, number>();
  const kindOf = new Int32Array(starts.length - 1);
  for (let cluster = 0; cluster < kindOf.length; cluster++) {
    const rows = order.subarray(starts[cluster]!, starts[cluster + 1]!);
    const parts = clusters === null || units === undefined
      ? [codesOf(rows)]
      : [...Map.groupBy(rows, (at) => units[at]!).values()].map(codesOf);
    const key = parts.map((codes) => codes.join()).sort().join(";");
    let number = numbers.get(key);
    if (number === undefined) {
      number = kinds.push(kindOfParts(parts, cells)) - 1;
      numbers.set(key, number);
    }
    kinds[number]!.clusters += 1;
    kindOf[cluster] = number;
  }
  return { kinds, kindOf };
}

function kindOfParts(parts: readonly (readonly number[])[], cells: number): CellKind {
  const units = parts.map((codes): CellUnit => {
    const members = codes.map((code): CellUnit["members"][number] => ({
      cell: code >> 1,
      label: code % 2 === 1 ? 0 : 1,
    }));
    return {
      members: members.filter(({ cell }) => cell < cells),
      positives: members.filter(({ label }) => label === 1).length,
      negatives: members.filter(({ label }) => label === 0).length,
    };
  });
  const holding = units.filter(({ positives }) => positives > 0);
  const add = (of: readonly CellUnit[], name: "positives" | "negatives"): number =>
    of.reduce((sum, unit) => sum + unit[name], 0);
  return {
    units,
    positives: add(units, "positives"),
    negatives: add(units, "negatives"),
    unitsWith: holding.length,
    negativesWith: add(holding, "negatives"),
    clusters: 0,
  };
}
