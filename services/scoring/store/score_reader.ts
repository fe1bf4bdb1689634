import { z } from "@hono/zod-openapi";
import type { Released, WithheldScore } from "../../../shared/contracts/releases.ts";
import type { ScoreListOrder, ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  type Caller,
  mayAccessTruth,
  Problem,
  requireTruthAccess,
} from "../../../shared/http/mod.ts";
import type { ScoreHeading, ScoreStore } from "./score_store.ts";
import { coarsened, rounded, withoutTruth } from "./without_truth.ts";
import { newestFirst } from "./report_files.ts";

/** A score, and the view of it that one caller may see. */
export interface SeenScore {
  /** The stored report, for computing only; never send it. */
  readonly whole: ScoreReport;
  /** The caller's view: full, without truth, with two-digit values, or withheld. */
  readonly shown: ScoreReport | WithheldScore;
  /** Whether the caller may see the truth of its exams. */
  readonly truth: boolean;
  /** Release to callers without access to the truth; the others see everything. */
  readonly released: Released;
}

/** Views of a score for callers who may not see the truth. */
const FORMS: Readonly<Record<Released, (report: ScoreReport) => ScoreReport | WithheldScore>> = {
  full: withoutTruth,
  coarse: (report) => coarsened(withoutTruth(report)),
  withheld: ({ id }) => ({ id, status: "withheld" }),
};

/** Views that were made of a stored report: lists and pages ask for the same ones many times a second. */
const views = new WeakMap<ScoreReport, Map<Released, ScoreReport | WithheldScore>>();

function formOf(report: ScoreReport, released: Released): ScoreReport | WithheldScore {
  const made = views.get(report) ?? new Map<Released, ScoreReport | WithheldScore>();
  const form = made.get(released) ?? FORMS[released](report);
  views.set(report, made.set(released, form));
  return form;
}

const written = new WeakMap<object, Uint8Array<ArrayBuffer>>();

/** Returns the JSON of a view in UTF-8, which is written once per view. */
export function jsonOf(view: ScoreReport | WithheldScore): Uint8Array<ArrayBuffer> {
  const bytes = written.get(view) ?? new TextEncoder().encode(JSON.stringify(view));
  written.set(view, bytes);
  return bytes;
}

export interface SeenPage {
  /** In the order asked for, without withheld scores. */
  readonly scores: readonly (SeenScore & { readonly shown: ScoreReport })[];
  /** Whether others follow. */
  readonly more: boolean;
  /** Scores on all pages. */
  readonly total: number;
}

export interface ScoreReader {
  /** Throws a Problem `not_found` if the score does not exist. */
  find(id: string): Promise<SeenScore>;
  /**
   * Reports to compute with; `what` begins the sentence.
   * @throws {Problem} `not_found`, or `forbidden`
   */
  withTruth(ids: readonly string[], what: string): Promise<readonly ScoreReport[]>;
  see(report: ScoreReport): SeenScore;
  /**
   * Scores to compute with jointly. A caller without the truth must not choose it: that would reveal labels.
   * @throws {Problem} `not_found`; `invalid_request` for a repeated ID; `forbidden` if the truths differ
   */
  together(ids: readonly string[]): Promise<readonly SeenScore[]>;
  /** Lists scores, by default newest first, without withheld ones. */
  list(filter: ScoreFilter): Promise<SeenPage>;
  /**
   * A file of a score, or null.
   * @throws {Problem} `forbidden` if the caller may not see it
   */
  file(score: SeenScore, name: string): Promise<Uint8Array | null>;
  /** Headings of the scores that the caller may see, newest first. */
  headings(): Promise<readonly ScoreHeading[]>;
}

/** The only access of routes to stored scores; decides what a caller may see. */
export function readScoresAs(caller: Caller, store: ScoreStore): ScoreReader {
  function see(report: ScoreReport): SeenScore {
    const truth = mayAccessTruth(caller, { score: report });
    const released = store.released(report);
    return { whole: report, shown: truth ? report : formOf(report, released), truth, released };
  }

  const isSeen = (score: ScoreHeading): boolean =>
    mayAccessTruth(caller, { score }) || store.released(score) !== "withheld";

  async function find(id: string): Promise<SeenScore> {
    const report = z.uuid().safeParse(id).success ? await store.get(id) : null;
    if (report !== null) return see(report);
    throw new Problem(
      "not_found",
      `There is no score ${JSON.stringify(id)}: GET /v1/scores lists them`,
    );
  }

  const withShownValue = (heading: ScoreHeading): ScoreHeading =>
    mayAccessTruth(caller, { score: heading }) || store.released(heading) === "full"
      ? heading
      : { ...heading, auroc: rounded(heading.auroc) };

  const headings = async (): Promise<readonly ScoreHeading[]> =>
    (await store.headings()).filter(isSeen);

  return {
    find,
    see,
    async withTruth(ids, what): Promise<readonly ScoreReport[]> {
      const scores = await Promise.all(ids.map(find));
      for (const score of scores) requireTruthOf(caller, score, what);
      return scores.map(({ whole }) => whole);
    },
    async together(ids): Promise<readonly SeenScore[]> {
      const twice = ids.find((id, at) => ids.indexOf(id) < at);
      if (twice !== undefined) {
        throw new Problem("invalid_request", `scores: ${twice} is repeated`);
      }
      const scores = await Promise.all(ids.map(find));
      for (const score of scores) requireReleased(score);
      if (!scores.every(({ truth }) => truth) && !haveOneTruth(scores)) {
        throw new Problem(
          "forbidden",
          "These scores would show you the truth of single exams. You may combine scores of one " +
            "registered dataset in its present state, or scores of lists that you have uploaded",
        );
      }
      return scores;
    },
    async list(filter): Promise<SeenPage> {
      // Ordered by what the caller sees: exact values would tell the order of equal two-digit ones.
      const { total, wanted } = choose((await headings()).map(withShownValue), filter);
      const { reports, more } = await readPage(wanted, filter.limit, store);
      // A score may be withheld between listing and reading.
      return { scores: reports.map(see).filter(isShown), more, total };
    },
    async file(score, name): Promise<Uint8Array | null> {
      requireReleased(score);
      // With the scores known, the steps at their thresholds reveal the label of each.
      if (/_(?:samples|curves)\.csv$/.test(name)) {
        requireTruthOf(caller, score, "Scores with labels, or curves with thresholds,");
      }
      return await store.file(score.whole.id, name);
    },
    headings,
  };
}

/** Throws a Problem `forbidden` if the caller may not see the truth of single exams. */
export function requireTruthOf(caller: Caller, score: SeenScore, what: string): void {
  requireTruthAccess(caller, { score: score.whole }, what);
}

/**
 * The report with curves and counts.
 * @throws {Problem} `forbidden` if withheld or of two digits only
 */
export function requireReleased(score: SeenScore): ScoreReport {
  if (isShown(score) && (score.truth || score.released === "full")) return score.shown;
  return refuseUnreleased(score);
}

/** Throws a Problem `forbidden` for a score that is withheld, or released with two digits only. */
export function refuseUnreleased({ whole, released }: SeenScore): never {
  throw new Problem(
    "forbidden",
    released === "withheld"
      ? `Score ${whole.id} is withheld until the data owner releases it`
      : `Score ${whole.id} is released only with values of two digits: no curves, plots, ` +
        "comparisons or ensembles",
  );
}

/** Whether the caller may see values of a score. */
export function isShown(score: SeenScore): score is SeenScore & { readonly shown: ScoreReport } {
  return "levels" in score.shown;
}

/** Returns the most restrictive release of some scores (at least one). */
export function leastReleased(scores: readonly SeenScore[]): Released {
  const order = ["withheld", "coarse", "full"] as const;
  return order.find((released) => scores.some((score) => score.released === released)) ?? "full";
}

/** Whether all were measured on the same stored truth of a registered dataset. */
function haveOneTruth(scores: readonly SeenScore[]): boolean {
  const [first, ...others] = scores.map(({ whole: { dataset, provenance } }) =>
    dataset === null ? null : provenance["dataset_digest"]
  );
  return typeof first === "string" && others.every((digest) => digest === first);
}

/** Reports that one list reads in parallel: well below the limit of open files. */
const READ_AT_ONCE = 100;

interface ScoreFilter {
  readonly dataset?: string | undefined;
  readonly model?: string | undefined;
  /** Text in one of {@linkcode TEXTS}, in any case. */
  readonly search?: string | undefined;
  /** Newest first by default. */
  readonly sort?: ScoreListOrder;
  /** Lists only scores after this one, which need not exist any more if the order is by age. */
  readonly after?: Pick<ScoreHeading, "id" | "created_at"> | undefined;
  readonly limit: number;
}

/** Where a search looks. */
const TEXTS = ["model", "dataset", "experiment", "name", "notes"] as const;

/** Headings that fit a filter, and those of them on its page and behind it, in its order. */
function choose(
  headings: readonly ScoreHeading[],
  { dataset, model, search = "", sort = "newest", after }: ScoreFilter,
): { total: number; wanted: readonly ScoreHeading[] } {
  const text = search.toLowerCase();
  const fitting = headings.filter((heading) =>
    (dataset === undefined || heading.dataset === dataset) &&
    (model === undefined || heading.model === model) &&
    TEXTS.map((key) => heading[key]).join(" ").toLowerCase().includes(text)
  );
  const total = fitting.length;
  if (sort === "newest") {
    const isLater = (one: ScoreHeading): boolean =>
      after === undefined || newestFirst(one, after) > 0;
    return { total, wanted: fitting.filter(isLater) };
  }
  const ordered = sort === "oldest"
    ? fitting.toReversed()
    : fitting.toSorted((a, b) => compareBy(sort, a, b) || newestFirst(a, b));
  if (after === undefined) return { total, wanted: ordered };
  const at = ordered.findIndex(({ id }) => id === after.id);
  if (at >= 0) return { total, wanted: ordered.slice(at + 1) };
  if (sort === "oldest") {
    return { total, wanted: ordered.filter((one) => newestFirst(one, after) < 0) };
  }
  throw new Problem(
    "invalid_request",
    "cursor: the last score of the page before is no longer in the list: begin at the first page",
  );
}

function compareBy(
  sort: Exclude<ScoreListOrder, "newest" | "oldest">,
  a: ScoreHeading,
  b: ScoreHeading,
): number {
  if (sort === "auroc") return (b.auroc ?? -1) - (a.auroc ?? -1);
  const [first, second] = [a[sort] ?? "", b[sort] ?? ""];
  return first < second ? -1 : first > second ? 1 : 0;
}

async function readPage(
  wanted: readonly ScoreHeading[],
  limit: number,
  store: Pick<ScoreStore, "get">,
): Promise<{ reports: readonly ScoreReport[]; more: boolean }> {
  const reports: ScoreReport[] = [];
  let at = 0;
  while (at < wanted.length && reports.length < limit) {
    // Parallel in batches: one by one is slow under load, and thousands at once are too many.
    const size = Math.min(limit - reports.length, READ_AT_ONCE);
    const read = await Promise.all(wanted.slice(at, at + size).map(({ id }) => store.get(id)));
    // null if deleted meanwhile; the next one takes its place.
    reports.push(...read.filter((report) => report !== null));
    at += size;
  }
  return { reports, more: at < wanted.length };
}
