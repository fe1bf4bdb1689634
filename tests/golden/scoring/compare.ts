/**
 * Prints golden values beside ours, with the number of digits that agree: `deno run --allow-read
 * tests/golden/scoring/compare.ts FOLDER`. The folder holds `mrmc/` and `thresholds/` with data and
 * `expected.json`; it is not part of the project, since some of its data have another licence.
 *
 * @module
 */
import { join } from "node:path";
import {
  type BootstrapOptions,
  compareWithRaters,
  countAtThresholds,
  delong,
  operatingPoint,
  pairedDelong,
  type ThresholdChoice,
} from "../../../services/scoring/statistics/mod.ts";

// deno-lint-ignore no-explicit-any -- expected values of many shapes
type Json = any;
type Rows = readonly Readonly<Record<string, string>>[];

const CONFIDENCE = 0.95;
const BOOTSTRAP: BootstrapOptions = {
  replicates: 2000,
  seed: 1,
  confidence: CONFIDENCE,
  method: "percentile",
  stratified: true,
};

/** Reads a table without quotes. */
async function rowsOf(path: string): Promise<Rows> {
  const [head, ...lines] = (await Deno.readTextFile(path)).trim().split(/\r?\n/);
  const columns = head!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, at) => [column, cells[at]!]));
  });
}

function tell(line: string): void {
  // deno-lint-ignore no-console -- a table on the terminal is what this is for
  console.log(line);
}

function digits(golden: number, ours: number): string {
  if (golden === ours) return "all";
  const error = Math.abs(golden - ours) / Math.max(Math.abs(golden), Number.MIN_VALUE);
  return String(Math.max(0, Math.floor(-Math.log10(error))));
}

function print(what: string, golden: number, ours: number, agreed = digits(golden, ours)): void {
  tell(`| ${what} | ${golden.toPrecision(12)} | ${ours.toPrecision(12)} | ${agreed} |`);
}

/** Readers of one modality: DeLong's covariances, and the mean for readers and cases at large. */
function compareReaders(set: string, modality: string, rows: Rows, expected: Json): void {
  const own = rows.filter((row) => row["modality"] === modality);
  const of = (reader: string): Rows => own.filter((row) => row["reader"] === reader);
  const names = [...new Set(own.map((row) => row["reader"]!))];
  const labels = Uint8Array.from(of(names[0]!), (row) => Number(row["truth"]));
  const raters = names.map((name) => Float64Array.from(of(name), (row) => Number(row["rating"])));
  const label = `${set}, modality ${modality}`;
  for (const [at, scores] of raters.entries()) {
    const { auroc } = delong(scores, labels, CONFIDENCE);
    print(`${label}: AUROC of reader ${names[at]}`, expected.reader_auroc[at], auroc.value!);
  }
  // Held against a constant score, which has an AUROC of 0.5 without variance, readers stand for themselves.
  const constant = new Float64Array(labels.length);
  const cases = Int32Array.from(labels, (_, at) => at);
  const { difference, allRaters: { df, ci } } = compareWithRaters(
    constant,
    raters,
    labels,
    cases,
    CONFIDENCE,
  );
  print(`${label}: mean AUROC`, expected.mean, 0.5 - difference.value!);
  print(`${label}: degrees of freedom (Hillis)`, expected.df, df.value!);
  print(`${label}: lower limit, readers at large`, expected.low, 0.5 - ci.upper!);
  print(`${label}: upper limit, readers at large`, expected.high, 0.5 - ci.lower!);
}

/** DeLong's covariance of every pair, from the variances of two and of their difference. */
function compareCovariances(set: string, rows: Rows, expected: Json): void {
  const { labels: names, matrix } = expected;
  const scoresOf = (name: string): { scores: Float64Array; labels: Uint8Array } => {
    const [modality, reader] = name.split(".");
    const own = rows.filter((row) => row["modality"] === modality && row["reader"] === reader);
    return {
      scores: Float64Array.from(own, (row) => Number(row["rating"])),
      labels: Uint8Array.from(own, (row) => Number(row["truth"])),
    };
  };
  let [worst, where, ours] = [-1, "", 0];
  let golden = 0;
  for (const [i, a] of names.entries()) {
    for (const [j, b] of names.entries()) {
      if (j <= i) continue;
      const [one, other] = [scoresOf(a), scoresOf(b)];
      const { variance } = pairedDelong(one.scores, other.scores, one.labels, CONFIDENCE);
      const of = (i: number, j: number): number => matrix[i][j];
      const expectedVariance = of(i, i) + of(j, j) - 2 * of(i, j);
      const error = Math.abs(variance.value! - expectedVariance) / expectedVariance;
      if (error <= worst) continue;
      [worst, where, ours, golden] = [error, `${a} − ${b}`, variance.value!, expectedVariance];
    }
  }
  print(`${set}: variance of a difference, the worst of all pairs (${where})`, golden, ours);
}

/** Points at chosen thresholds, and intervals that choose the threshold anew. */
function compareThresholds(set: string, rows: Rows, expected: Json, noise: Json): void {
  const sample = {
    scores: Float64Array.from(rows, (row) => Number(row["score"])),
    labels: Uint8Array.from(rows, (row) => Number(row["truth"])),
    clusters: null,
    units: Int32Array.from(rows, (_, at) => at),
  };
  const counts = countAtThresholds(sample.scores, sample.labels);
  for (const by of ["sensitivity", "specificity"] as const) {
    const other = by === "sensitivity" ? "specificity" : "sensitivity";
    for (const { at, threshold, ...rates } of expected.step[by]) {
      const point = operatingPoint(sample, counts, { [by]: at } as unknown as ThresholdChoice, {
        confidence: CONFIDENCE,
        bootstrap: BOOTSTRAP,
        prevalence: null,
      });
      const label = `${set}, ${by} ≥ ${at}`;
      print(`${label}: threshold`, threshold, point.threshold.value!);
      const share = point.shares[other];
      print(`${label}: ${other}`, rates[other], share.value.value!);
      const interval = expected[`${other}_at_${by}`].find((row: Json) => row.at === at);
      if (interval === undefined) continue;
      for (const [name, limit] of [["low", "lower"], ["high", "upper"]] as const) {
        const value = share.ci[limit]!;
        const sds = Math.abs(interval[name] - value) / noise[name];
        const text = at === 0.9 && by === "sensitivity" ? `${sds.toFixed(1)} SD of the noise` : "—";
        print(`${label}: ${limit} limit, chosen anew`, interval[name], value, text);
      }
    }
  }
}

async function main(folder: string): Promise<void> {
  tell("| value | golden | ours | digits agreed |\n|---|---:|---:|---|");
  const mrmc = JSON.parse(await Deno.readTextFile(join(folder, "mrmc/expected.json")));
  for (const [set, modalities] of Object.entries<Json>(mrmc.single_modality_delong_own)) {
    if (set === "how") continue;
    const rows = await rowsOf(join(folder, `mrmc/${set}.csv`));
    for (const [modality, expected] of Object.entries(modalities)) {
      compareReaders(set, modality, rows, expected);
    }
  }
  for (const set of ["vandyke", "franken"]) {
    const { DeLong } = mrmc.data[set].auroc;
    const rows = await rowsOf(join(folder, `mrmc/${set}.csv`));
    compareCovariances(set, rows, DeLong.random_readers_random_cases.covariance_matrix);
  }
  const { seeded } = JSON.parse(await Deno.readTextFile(join(folder, "thresholds/expected.json")));
  const rows = await rowsOf(join(folder, "thresholds/seeded.csv"));
  compareThresholds("seeded", rows, seeded, seeded.monte_carlo_sd_of_2000_replicates);
}

if (import.meta.main) await main(Deno.args[0]!);
