import { z } from "@hono/zod-openapi";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { type Caller, mayAccessTruth, Problem, requireTruthAccess } from "../../shared/http/mod.ts";
import { listScores, type ScoreFilter } from "./list_scores.ts";
import type { ScoreHeading } from "./score_index.ts";
import type { ScoreStore } from "./score_store.ts";
import { withoutTruth } from "./without_truth.ts";

/** A score, and what one caller may see of it. */
export interface SeenScore {
  /** The stored report: to compute with, never to answer with. */
  readonly whole: ScoreReport;
  /** What the caller is shown. */
  readonly shown: ScoreReport;
  /** Whether the caller may see the truth of its exams. */
  readonly truth: boolean;
}

/** A page of scores. */
export interface SeenPage {
  /** Newest first. */
  readonly scores: readonly SeenScore[];
  /** Whether older ones follow. */
  readonly more: boolean;
}

/** Stored scores as one caller may see them. */
export interface ScoreReader {
  /**
   * @param id as the caller wrote it
   * @throws {Problem} `not_found`
   */
  find(id: string): Promise<SeenScore>;
  /** @param report a stored score, one that was just made say */
  see(report: ScoreReport): SeenScore;
  /**
   * Finds scores that shall be computed together. Whoever may not see their truth gets none whose
   * truth they could have chosen: what a test of two lists says would tell the labels of one of them.
   *
   * @param ids as the caller wrote them
   * @throws {Problem} `not_found`; `invalid_request` where one is named twice; `forbidden` where the
   *   caller may not see the truth of all of them and they are not of one registered dataset
   */
  together(ids: readonly string[]): Promise<readonly SeenScore[]>;
  /** Lists scores, newest first. */
  list(filter: ScoreFilter): Promise<SeenPage>;
  /** What the scores that the caller may see are listed by, newest first. */
  headings(): Promise<readonly ScoreHeading[]>;
}

/**
 * The only way from a route to a stored score: what a caller may see is decided here.
 *
 * @param caller who asks
 * @param store where scores are
 */
export function readScoresAs(caller: Caller, store: ScoreStore): ScoreReader {
  function see(report: ScoreReport): SeenScore {
    const truth = mayAccessTruth(caller, { score: report });
    return { whole: report, shown: truth ? report : withoutTruth(report), truth };
  }

  async function find(id: string): Promise<SeenScore> {
    const report = z.uuid().safeParse(id).success ? await store.get(id) : null;
    if (report !== null) return see(report);
    throw new Problem(
      "not_found",
      `There is no score ${JSON.stringify(id)}: GET /v1/scores lists them`,
    );
  }

  return {
    find,
    see,
    async together(ids): Promise<readonly SeenScore[]> {
      const twice = ids.find((id, at) => ids.indexOf(id) < at);
      if (twice !== undefined) {
        throw new Problem("invalid_request", `scores: ${twice} is there twice`);
      }
      const scores = await Promise.all(ids.map(find));
      if (!scores.every(({ truth }) => truth) && !haveOneTruth(scores)) {
        throw new Problem(
          "forbidden",
          "These scores would tell you the truth of single exams. You may put together scores of one " +
            "registered dataset as it is now, or scores of lists that you have uploaded",
        );
      }
      return scores;
    },
    async list(filter): Promise<SeenPage> {
      const { reports, more } = await listScores(filter, store);
      return { scores: reports.map(see), more };
    },
    headings: () => store.headings(),
  };
}

/**
 * @param caller who asks
 * @param score what is asked about
 * @param what is asked for, for the refusal
 * @throws {Problem} `forbidden` where the caller may not see the truth of single exams
 */
export function requireTruthOf(caller: Caller, score: SeenScore, what: string): void {
  requireTruthAccess(caller, { score: score.whole }, what);
}

/** Whether all were measured on the same stored truth of a registered dataset. */
function haveOneTruth(scores: readonly SeenScore[]): boolean {
  const [first, ...others] = scores.map(({ whole: { dataset, provenance } }) =>
    dataset === null ? null : provenance["dataset_digest"]
  );
  return typeof first === "string" && others.every((digest) => digest === first);
}
