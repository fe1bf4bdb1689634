import { normalCdf, normalQuantile } from "../../../services/scoring/statistics/mod.ts";
import { bestOfMany, drawIntervalWidths, intervalWidths, twoModels } from "./how_sure.ts";
import { drawThousandWomen, thousandWomen, twoPrevalences } from "./thousand_women.ts";

/** Where what was computed stands in the document: between a comment with its name and this one. */
const END = "<!-- end of computed -->";

/** Parts of docs/statistics.md that are computed, by name. */
export const PARTS: Readonly<Record<string, () => string>> = {
  thousand_women: thousandWomen,
  two_prevalences: twoPrevalences,
  shifted_scores: shiftedScores,
  interval_widths: intervalWidths,
  two_models: twoModels,
  false_findings: falseFindings,
  best_of_many: bestOfMany,
};

/** Pictures beside it, by file name in docs/pictures. */
export const PICTURES: Readonly<Record<string, () => string>> = {
  "thousand_women.svg": drawThousandWomen,
  "interval_widths.svg": drawIntervalWidths,
};

/** What an honest chance becomes where cancers were collected: odds times the odds of the shares. */
function shiftedScores(): string {
  const [clinic, testSet] = [0.006, 0.2];
  const odds = (part: number): number => part / (1 - part);
  const rows = [0.005, 0.02, 0.1, 0.5].map((chance) => {
    const there = odds(chance) * odds(testSet) / odds(clinic);
    return `| ${100 * chance} in 100 | ${Math.round(100 * there / (1 + there))} in 100 |`;
  });
  return `| a score that means this in the clinic | is cancer this often in the test set |
|---|---|
${rows.join("\n")}`;
}

/**
 * Chance of at least one p below 0.05 where equal models are compared each with each. The pairs are not
 * independent: it is the chance that the range of as many independent normal errors is too large.
 */
function falseFindings(): string {
  const rows = [2, 3, 5, 10].map((models) => {
    const chance = 1 - chanceOfRange(models, normalQuantile(0.975) * Math.SQRT2);
    return `| ${models} | ${models * (models - 1) / 2} | ${Math.round(100 * chance)} in 100 |`;
  });
  return `| equal models | pairs | chance that at least one pair has p < 0.05 |
|---:|---:|---|
${rows.join("\n")}`;
}

/** That the range of standard normal values is at most so large: integrated over the smallest. */
function chanceOfRange(values: number, range: number): number {
  const STEP = 0.001;
  let sum = 0;
  for (let lowest = -9; lowest < 9; lowest += STEP) {
    const density = Math.exp(-lowest * lowest / 2) / Math.sqrt(2 * Math.PI);
    const others = normalCdf(lowest + range) - normalCdf(lowest);
    sum += values * density * others ** (values - 1) * STEP;
  }
  return sum;
}

/**
 * @param document the text as it stands
 * @returns the text with every part computed anew
 * @throws {SyntaxError} where a part is not there, or one has no known name
 */
export function computeParts(document: string): string {
  const names: string[] = [];
  const computed = document.replaceAll(
    new RegExp(`<!-- computed: (\\w+) -->\\n[^]*?${END}`, "g"),
    (_, name: string) => {
      const part = PARTS[name];
      if (part === undefined) throw new SyntaxError(`Cannot compute ${name}: nothing is called so`);
      names.push(name);
      return `<!-- computed: ${name} -->\n${part()}\n${END}`;
    },
  );
  const missing = Object.keys(PARTS).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new SyntaxError(`Cannot find the parts ${missing.join(", ")}`);
  return computed;
}

/** Folder of the documents. */
const FOLDER = new URL("../../../docs/", import.meta.url);
/** The document. */
export const DOCUMENT = new URL("statistics.md", FOLDER);
/** Its pictures. */
export const PICTURE_FOLDER = new URL("pictures/", FOLDER);

if (import.meta.main) {
  await Deno.writeTextFile(DOCUMENT, computeParts(await Deno.readTextFile(DOCUMENT)));
  await Deno.mkdir(PICTURE_FOLDER, { recursive: true });
  for (const [name, draw] of Object.entries(PICTURES)) {
    await Deno.writeTextFile(new URL(name, PICTURE_FOLDER), draw());
  }
}
