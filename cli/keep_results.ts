import { join } from "node:path";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { call } from "./api.ts";
import type { ServiceAccess } from "./service_access.ts";

/**
 * Fetches a score's plots and its page and writes them, and the report, under the metarepository's
 * names.
 *
 * @param service where the score is
 * @param report the score
 * @param folder where the files go; made when missing
 * @param stem beginning of every name: the predictions file's name without its ending
 * @returns what each file is, and its path
 */
export async function keepScoreFiles(
  service: ServiceAccess,
  report: ScoreReport,
  folder: string,
  stem: string,
): Promise<[what: string, path: string][]> {
  await Deno.mkdir(folder, { recursive: true });
  const kept: [string, string][] = [];
  for (
    const [name, level] of [["image", report.levels.image], [
      "breast",
      report.levels.breast,
    ]] as const
  ) {
    if (level === undefined) continue;
    for (const [curve, url] of [["roc", level.plots.roc], ["pr", level.plots.pr]] as const) {
      const path = join(folder, `${stem}_${name}_level_${curve}_curve.png`);
      await Deno.writeFile(path, (await call(service, url)).body ?? new Uint8Array());
      kept.push([`${name}-level ${curve.toUpperCase()} plot`, path]);
    }
  }
  const path = join(folder, `${stem}_score.json`);
  await Deno.writeTextFile(path, JSON.stringify(report, null, 2) + "\n");
  const page = join(folder, `${stem}_report.html`);
  const html = await call(service, `/v1/scores/${report.id}/report.html`);
  await Deno.writeFile(page, html.body ?? new Uint8Array());
  return [...kept, ["score report", path], ["report page", page]];
}

/**
 * @param kept what each file is, and its path
 * @returns the same for a JSON document, `image_level_roc_plot` say
 */
export function filesByKind(kept: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    kept.map(([what, path]) => [what.toLowerCase().replaceAll(/[ -]/g, "_"), path]),
  );
}
