import type { SiteLink } from "../../../../shared/pages/mod.ts";

/** Pages about decisions by a score, with what they need of its exams. */
const PAGES = [
  ["/screening-simulations", "Simulate screening", true],
  ["/score-analyses", "Measures for decisions", false],
  ["/paired-decisions", "Compare with readers", true],
] as const;

/** Links to the pages about decisions by a score except `here`; two of them need reads. */
export function decisionLinks(score: string, here: string, reads = true): SiteLink[] {
  const report = { path: "/reports", href: `/reports/${score}`, text: "Report of the score" };
  const others = PAGES.filter(([, , needsReads]) => reads || !needsReads)
    .map(([path, text]) => ({ path, href: `${path}?score=${score}`, text }));
  return [report, ...others].filter(({ path }) => path !== here)
    .map(({ href, text }) => ({ href, text }));
}
