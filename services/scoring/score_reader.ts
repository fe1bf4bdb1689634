import { z } from "@hono/zod-openapi";
import type { Released, WithheldScore } from "../../shared/contracts/releases.ts";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { type Caller, mayAccessTruth, Problem, requireTruthAccess } from "../../shared/http/mod.ts";
import type { ScoreHeading, ScoreStore } from "./score_store.ts";
import { coarsened, withoutTruth } from "./without_truth.ts";
import { newestFirst } from "./report_files.ts";

/** A score, and what one caller may see of it. */
export interface SeenScore {
  /** The stored report: to compute with, never to answer with. */
  readonly whole: ScoreReport;
  /** What the caller is shown: all of it, without the truth, values of two digits, or that it is withheld. */
  readonly shown: ScoreReport | WithheldScore;
  /** Whether the caller may see the truth of its exams. */
  readonly truth: boolean;
  /** How far others may see it; a caller who may see the truth sees everything anyway. */
  readonly released: Released;
}

/** A score as callers see it who may not see the truth. */
const FORMS: Readonly<Record<Released, (report: ScoreReport) => ScoreReport | WithheldScore>> = {
  full: withoutTruth,
  coarse: (report) => coarsened(withoutTruth(report)),
  withheld: ({ id }) => ({ id, status: "withheld" }),
};

/** A page of scores. */
export interface SeenPage {
  /** Newest first; none is withheld. */
  readonly scores: readonly (SeenScore & { readonly shown: ScoreReport })[];
  /** Whether older ones follow. */
  readonly more: boolean;
}

/** Stored scores as one caller may see them. */
export interface ScoreReader {
  /** @throws {Problem} `not_found` */
  find(id: string): Promise<SeenScore>;
  /** @param report a stored score, one that was just made say */
  see(report: ScoreReport): SeenScore;
  /**
   * Finds scores that shall be computed together. Whoever may not see their truth gets none whose
   * truth they could have chosen: what a test of two lists says would tell the labels of one of them.
   *
   * @throws {Problem} `not_found`; `invalid_request` where one is named twice; `forbidden` where the
   *   caller may not see the truth of all of them and they are not of one registered dataset
   */
  together(ids: readonly string[]): Promise<readonly SeenScore[]>;
  /** Lists scores, newest first; what is withheld is left out. */
  list(filter: ScoreFilter): Promise<SeenPage>;
  /**
   * Reads a file of a score.
   *
   * @returns its content; null where there is none
   * @throws {Problem} `forbidden` where the caller may not see it
   */
  file(score: SeenScore, name: string): Promise<Uint8Array | null>;
  /** What the scores that the caller may see are listed by, newest first. */
  headings(): Promise<readonly ScoreHeading[]>;
}

/** The only way from a route to a stored score: what a caller may see is decided here. */
export function readScoresAs(caller: Caller, store: ScoreStore): ScoreReader {
  function see(report: ScoreReport): SeenScore {
    const truth = mayAccessTruth(caller, { score: report });
    const released = store.released(report);
    return { whole: report, shown: truth ? report : FORMS[released](report), truth, released };
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

  const headings = async (): Promise<readonly ScoreHeading[]> =>
    (await store.headings()).filter(isSeen);

  return {
    find,
    see,
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
      const { reports, more } = await listScores(filter, { get: store.get, headings });
      return {
        // A score may be withheld between the look at the list and that at the report.
        scores: reports.map(see).filter(isShown),
        more,
      };
    },
    async file(score, name): Promise<Uint8Array | null> {
      requireReleased(score);
      // Whoever knows the scores reads the truth of each off the steps at their thresholds.
      if (/_(?:samples|curves)\.csv$/.test(name)) {
        requireTruthOf(caller, score, "Scores with labels, or curves with thresholds,");
      }
      return await store.file(score.whole.id, name);
    },
    headings,
  };
}

/** @throws {Problem} `forbidden` where the caller may not see the truth of single exams */
export function requireTruthOf(caller: Caller, score: SeenScore, what: string): void {
  requireTruthAccess(caller, { score: score.whole }, what);
}

/**
 * @returns its report, with curves and counts
 * @throws {Problem} `forbidden` where it is withheld, or released with two digits only
 */
export function requireReleased(score: SeenScore): ScoreReport {
  if (isShown(score) && (score.truth || score.released === "full")) return score.shown;
  return refuseUnreleased(score);
}

/**
 * @param score that is withheld, or released with two digits only
 * @throws {Problem} `forbidden`
 */
export function refuseUnreleased({ whole, released }: SeenScore): never {
  throw new Problem(
    "forbidden",
    released === "withheld"
      ? `Score ${whole.id} is withheld until the data owner releases it`
      : `Score ${whole.id} is released only with values of two digits: no curves, plots, ` +
        "comparisons or ensembles",
  );
}

/** Whether the caller is shown more of a score than that it is withheld. */
export function isShown(score: SeenScore): score is SeenScore & { readonly shown: ScoreReport } {
  return "levels" in score.shown;
}

/** @param scores at least one @returns how far that one is released which is released least */
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

/** Reports read at the same time by one list: far fewer than the descriptors of a process. */
const READ_AT_ONCE = 100;

/** Which scores are asked for. */
interface ScoreFilter {
  readonly dataset?: string | undefined;
  readonly model?: string | undefined;
  /** Only what comes after this one in the list; it need not be there any more. */
  readonly after?: Pick<ScoreHeading, "id" | "created_at"> | undefined;
  /** Scores at most. */
  readonly limit: number;
}

/** A page of scores. */
interface ScorePage {
  /** Newest first. */
  readonly reports: readonly ScoreReport[];
  /** Whether older ones follow. */
  readonly more: boolean;
}

/** Lists scores, newest first; reads the reports of that page alone. */
async function listScores(
  { dataset, model, after, limit }: ScoreFilter,
  store: Pick<ScoreStore, "get" | "headings">,
): Promise<ScorePage> {
  const wanted = (await store.headings()).filter((heading) =>
    (dataset === undefined || heading.dataset === dataset) &&
    (model === undefined || heading.model === model) &&
    (after === undefined || newestFirst(heading, after) > 0)
  );
  const reports: ScoreReport[] = [];
  let at = 0;
  while (at < wanted.length && reports.length < limit) {
    // Side by side: one after another each would wait for its turn under load. Not all of thousands.
    const size = Math.min(limit - reports.length, READ_AT_ONCE);
    const read = await Promise.all(wanted.slice(at, at + size).map(({ id }) => store.get(id)));
    // Null where it was deleted since: the next one takes its place.
    reports.push(...read.filter((report) => report !== null));
    at += size;
  }
  return { reports, more: at < wanted.length };
}
