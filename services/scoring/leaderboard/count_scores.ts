import type { LeaderboardEntry } from "../../../shared/contracts/leaderboards.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";

/** The scores of one version of a model with its parameters. */
export interface VersionScores {
  /** The one that counts: the latest. */
  readonly latest: ScoreReport;
  /** The others, newest first. */
  readonly superseded: readonly ScoreReport[];
  /** Finished evaluations of the version, whatever the parameters. */
  readonly evaluations: number;
}

/**
 * Decides which scores count: of each version of a model, with the same parameters and from the same origin, the latest.
 * Scores without a model's name stand for themselves.
 *
 * @param reports scores of one dataset, newest first
 * @returns one group a version and set of parameters
 */
export function countScores(reports: readonly ScoreReport[]): VersionScores[] {
  const groups = new Map<string, ScoreReport[]>();
  for (const report of reports) {
    const key = keyOf(report);
    groups.set(key, [...groups.get(key) ?? [], report]);
  }
  return [...groups.values()].map(([latest, ...superseded]) => ({
    latest: latest!,
    superseded,
    evaluations:
      reports.filter((report) =>
        report.evaluation !== null && report.model === latest!.model &&
        versionOf(report) === versionOf(latest!)
      ).length,
  }));
}

/**
 * @param report a score
 * @returns the digest of the model's files, or null for predictions that were made elsewhere
 */
export function versionOf({ provenance }: ScoreReport): string | null {
  const version = provenance["model_version"];
  return typeof version === "string" ? version : null;
}

/**
 * @param report a score
 * @returns the parameters that its evaluation asked for
 */
export function parametersOf({ provenance }: ScoreReport): Record<string, unknown> {
  const parameters = provenance["parameters"];
  return typeof parameters === "object" && parameters !== null ? { ...parameters } : {};
}

/**
 * @param report a score
 * @returns where it comes from
 */
export function originOf(
  { evaluation, provenance }: Pick<ScoreReport, "evaluation" | "provenance">,
): LeaderboardEntry["origin"] {
  if (evaluation !== null) return "evaluated";
  return provenance["ensemble"] === undefined ? "uploaded" : "ensemble";
}

function keyOf(report: ScoreReport): string {
  if (report.model === null) return report.id;
  const parameters = Object.entries(parametersOf(report)).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([originOf(report), report.model, versionOf(report), parameters]);
}
