import { join } from "node:path";
import type { ScoreReport, Site } from "../client/mod.ts";

/** Saves a score's files under the metarepository's names, beginning with `stem`; returns labels and paths. */
export async function keepScoreFiles(
  site: Site,
  report: ScoreReport,
  folder: string,
  stem: string,
): Promise<[what: string, path: string][]> {
  await Deno.mkdir(folder, { recursive: true });
  const kept: [string, string][] = [];
  // A coarse score (two digits) has no plots; its histogram is empty.
  for (const level of ["image", "breast", "exam"] as const) {
    if (!report.levels[level]?.histogram.edges.length) continue;
    for (const curve of ["roc", "pr"] as const) {
      const path = join(folder, `${stem}_${level}_level_${curve}_curve.png`);
      await keep(await site.scores.file(report.id, level, `${curve}.png`), path);
      kept.push([`${level}-level ${curve.toUpperCase()} plot`, path]);
    }
  }
  const path = join(folder, `${stem}_score.json`);
  await Deno.writeTextFile(path, JSON.stringify(report, null, 2) + "\n");
  const page = join(folder, `${stem}_report.html`);
  await keep(await site.scores.page(report.id), page);
  return [...kept, ["score report", path], ["report page", page]];
}

export async function keep(answer: Response, path: string): Promise<void> {
  await Deno.writeFile(path, answer.body ?? new Uint8Array());
}

/** Returns the files as a JSON object with keys such as `image_level_roc_plot`. */
export function filesByKind(kept: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    kept.map(([what, path]) => [what.toLowerCase().replaceAll(/[ -]/g, "_"), path]),
  );
}
