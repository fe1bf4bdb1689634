import type { LeaderboardLevel } from "../../../shared/contracts/leaderboards.ts";
import type { Level } from "../../../shared/contracts/scores.ts";
import { loadScored } from "./compare_scores.ts";
import { type MatchedSamples, matchSamples } from "./match_samples.ts";
import { corrected, undefinedTest, zTestOf } from "../measures/difference_tests.ts";
import { yieldToEventLoop } from "../../../shared/async.ts";
import type { SampledReport, SampleSource } from "../samples/load_samples.ts";
import { pairwiseClusteredDelong, tooFewClusters, undefinedBecause } from "../statistics/mod.ts";
import type { Scores } from "../statistics/mod.ts";

/** The difference from the best, with its test. */
export type AgainstBest = NonNullable<LeaderboardLevel["against_best"]>;

export interface RankedLevel {
  /** The report with the highest AUROC. */
  readonly best: SampledReport;
  readonly others: readonly SampledReport[];
  readonly level: Level;
}

export interface RankRequest {
  readonly ranked: readonly RankedLevel[];
}

/** Confidence of the intervals of differences; reports have their own for values. */
const CONFIDENCE = 0.95;
/** Number of models compared with all others before yielding to other tasks. */
const MODELS_AT_ONCE = 10;
// No details: they name exams and labels, which not every reader of a leaderboard may see.
const UNLIKE = "The score has different samples than the best";

/** One test per other model, by level, in order; undefined if its samples differ from those of the best. */
export async function againstBest(
  { ranked }: RankRequest,
  store: SampleSource,
): Promise<AgainstBest[][]> {
  const tests: AgainstBest[][] = [];
  for (const level of ranked) tests.push(await testLevel(level, store));
  return tests;
}

async function testLevel(
  { best, others, level }: RankedLevel,
  store: SampleSource,
): Promise<AgainstBest[]> {
  const ofBest = await loadScored(best, level, store);
  const unlike = new Set<number>();
  const comparable: { readonly at: number; readonly scores: Float64Array }[] = [];
  let matched: MatchedSamples | null = null;
  for (const [at, other] of others.entries()) {
    const ofOther = await loadScored(other, level, store);
    const match = !ofBest.ok
      ? ofBest
      : ofOther.ok
      ? matchSamples([ofBest.scored, ofOther.scored])
      : ofOther;
    if (match.ok) {
      ({ matched } = match);
      comparable.push({ at, scores: match.matched.scores[1]! });
    } else unlike.add(at);
  }
  const tests = matched === null ? [] : await testAgainstFirst(
    [matched.scores[0]!, ...comparable.map(({ scores }) => scores)],
    matched,
  );
  return others.map((_, at) => {
    if (!unlike.has(at)) return tests[comparable.findIndex((one) => one.at === at)]!;
    return { difference: undefinedBecause(UNLIKE), ...undefinedTest(UNLIKE) };
  });
}

/**
 * Compares every model with the first, the best on these samples. Holm's correction covers all pairs, because any
 * model might have come first: equal models show a false difference on at most 5 % of boards.
 */
export async function testAgainstFirst(
  scores: readonly Scores[],
  { labels, clusters, unit }: Pick<MatchedSamples, "labels" | "clusters" | "unit">,
): Promise<AgainstBest[]> {
  const few = tooFewClusters(labels, clusters, unit);
  const compare = pairwiseClusteredDelong(scores, labels, clusters, CONFIDENCE);
  const tests: AgainstBest[] = [];
  const pValues: { readonly p: number | null }[] = [];
  for (let a = 0; a < scores.length; a++) {
    for (let b = a + 1; b < scores.length; b++) {
      const test = compare(b, a);
      if (a === 0) {
        tests.push({ difference: test.difference, ...zTestOf(test, few) });
      }
      pValues.push({ p: test.p.value });
    }
    if (a % MODELS_AT_ONCE === MODELS_AT_ONCE - 1) await yieldToEventLoop();
  }
  const ofPairs = corrected(pValues);
  return tests.map((test, at) => ({ ...test, p_holm: few === null ? ofPairs[at]!.p_holm : null }));
}
