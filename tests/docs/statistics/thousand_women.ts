import {
  countAtThresholds,
  type OperatingPoint,
  operatingPoint,
} from "../../../services/scoring/statistics/mod.ts";
import {
  COLOURS,
  GRID,
  INK,
  PAPER,
  SVG_FONTS,
} from "../../../services/scoring/report/chart_style.ts";
import { element, escapeXml } from "../../../services/scoring/report/render_svg.ts";
import { imagineExams } from "./imagined_exams.ts";

/** Women of whom the text speaks. */
const WOMEN = 1000;
/** Share of women with cancer in the imagined clinic. */
const PREVALENCE = 0.006;
/** A test set as they are made: cancers were collected, a fifth of the women has one. */
const TEST_SET = { withCancer: 100, without: 400, models: [0], alike: 0, seed: 8 };

/** What happens to women at one threshold, as shares of all. */
interface Fates {
  readonly found: number;
  readonly missed: number;
  readonly recalledHealthy: number;
  readonly leftAlone: number;
}

/** An operating point, and the shares of women that are recalled there. */
interface Measured {
  readonly point: OperatingPoint;
  readonly recalledWith: number;
  readonly recalledWithout: number;
}

/** One model on one test set, at the threshold where 90 in 100 healthy breasts are below. */
export function measure(): Measured {
  const exams = imagineExams(TEST_SET);
  const [scores] = exams.scores as [Float64Array];
  const { labels, clusters } = exams;
  const counts = countAtThresholds(scores, labels);
  const point = operatingPoint({ scores, labels, clusters }, counts, { specificity: 0.9 }, {
    confidence: 0.95,
    bootstrap: null,
    prevalence: PREVALENCE,
  });
  const women = Array.from(
    { length: scores.length / 2 },
    (_, woman) => ({
      hasCancer: labels[2 * woman] === 1,
      isRecalled: Math.max(scores[2 * woman]!, scores[2 * woman + 1]!) >= point.threshold.value!,
    }),
  );
  const part = (hasCancer: boolean): number => {
    const of = women.filter((woman) => woman.hasCancer === hasCancer);
    return of.filter(({ isRecalled }) => isRecalled).length / of.length;
  };
  return { point, recalledWith: part(true), recalledWithout: part(false) };
}

/** @returns what becomes of women where so many have cancer, as shares of all of them */
function fatesAt(prevalence: number): Fates {
  const { recalledWith, recalledWithout } = measure();
  return {
    found: prevalence * recalledWith,
    missed: prevalence * (1 - recalledWith),
    recalledHealthy: (1 - prevalence) * recalledWithout,
    leftAlone: (1 - prevalence) * (1 - recalledWithout),
  };
}

/** Whole women, of a thousand. */
function thousand(fates: Fates): Fates {
  const { found, missed, recalledHealthy } = fates;
  const [a, b, c] = [found, missed, recalledHealthy].map((part) => Math.round(WOMEN * part)) as [
    number,
    number,
    number,
  ];
  return { found: a, missed: b, recalledHealthy: c, leftAlone: WOMEN - a - b - c };
}

/** The table of a thousand women in the clinic, and the sentence below it. */
export function thousandWomen(): string {
  const { point: { shares } } = measure();
  const { found, missed, recalledHealthy, leftAlone } = thousand(fatesAt(PREVALENCE));
  const recalled = found + recalledHealthy;
  return `At the threshold where its specificity is ${
    percent(shares.specificity.value.value!)
  } this model has, by breast, a
sensitivity of ${percent(shares.sensitivity.value.value!)}. Of 1,000 women who come to screening, ${
    found + missed
  } have cancer. Then:

| of 1,000 women | recalled | not recalled | all |
|---|---:|---:|---:|
| with cancer | **${found}** | ${missed} | ${found + missed} |
| without | ${recalledHealthy} | ${leftAlone} | ${recalledHealthy + leftAlone} |
| all | ${recalled} | ${missed + leftAlone} | ${WOMEN} |

${recalled} women are recalled, and ${found} of these ${recalled} have cancer: one in ${
    Math.round(recalled / found)
  }. Of the ${missed + leftAlone} who are not recalled, ${missed}
have cancer. The first share is called PPV; the report's \`ppv\` is the same by breast.`;
}

/** The same threshold, where a fifth of the women has cancer, and where six in a thousand have. */
export function twoPrevalences(): string {
  const testSet = TEST_SET.withCancer / (TEST_SET.withCancer + TEST_SET.without);
  const rows = [["the test set", testSet], ["the clinic", PREVALENCE]] as const;
  const lines = rows.map(([where, prevalence]) => {
    const { found, recalledHealthy } = fatesAt(prevalence);
    return `| ${where} | ${Math.round(WOMEN * prevalence)} | ${
      Math.round(WOMEN * (found + recalledHealthy))
    } | ${percent(found / (found + recalledHealthy))} |`;
  });
  return `| of 1,000 women in | have cancer | are recalled | of the recalled have cancer |
|---|---:|---:|---:|
${lines.join("\n")}`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;
}

/** Side of a dot's cell, dots in a row, height of the legend. */
const CELL = 16;
const COLUMNS = 50;
const KEY_HEIGHT = 56;
const RADIUS = 5;

/** One kind of women in the picture. */
interface Kind {
  readonly count: number;
  readonly label: string;
  readonly colour: string;
  /** A ring instead of a disc. */
  readonly isHollow?: boolean;
}

/** The thousand women as dots, one each. */
export function drawThousandWomen(): string {
  const fates = thousand(fatesAt(PREVALENCE));
  const kinds: Kind[] = [
    { count: fates.found, label: "cancer, recalled", colour: COLOURS.red },
    { count: fates.missed, label: "cancer, not recalled", colour: COLOURS.red, isHollow: true },
    { count: fates.recalledHealthy, label: "no cancer, recalled", colour: COLOURS.blue },
    { count: fates.leftAlone, label: "no cancer, not recalled", colour: GRID },
  ];
  const [width, height] = [COLUMNS * CELL, KEY_HEIGHT + WOMEN / COLUMNS * CELL];
  let before = 0;
  const parts = kinds.flatMap((kind, at) => {
    const [x, y] = [at % 2 * width / 2 + CELL / 2, CELL + Math.floor(at / 2) * 22];
    const text = { x: x + CELL, y: y + 5, "font-size": 14 };
    const places = Array.from({ length: kind.count }, (_, dot) => placeOf(before + dot));
    before += kind.count;
    return [
      ...dots(kind, [[x, y], ...places]),
      element("text", text, escapeXml(`${kind.count} ${kind.label}`)),
    ];
  });
  const description = kinds.map(({ count, label }) => `${label}: ${count}`).join("; ");
  return element(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", role: "img", width, height },
      ...{ viewBox: `0 0 ${width} ${height}`, fill: INK, "font-family": SVG_FONTS },
    },
    [
      element("title", {}, "1,000 women, one dot each"),
      element("desc", {}, escapeXml(description)),
      element("rect", { width, height, fill: PAPER }),
      ...parts,
    ].join("\n"),
  ) + "\n";
}

function placeOf(dot: number): [x: number, y: number] {
  const [column, row] = [dot % COLUMNS, Math.floor(dot / COLUMNS)];
  return [column * CELL + CELL / 2, KEY_HEIGHT + row * CELL + CELL / 2];
}

/** Lines without length and with round ends: a third of the text that as many circles take. */
function dots(
  { colour, isHollow }: Kind,
  places: readonly (readonly [number, number])[],
): string[] {
  const d = places.map(([x, y]) => `M${x} ${y}h0`).join("");
  const disc = (stroke: string, radius: number): string =>
    element("path", { d, stroke, "stroke-width": 2 * radius, "stroke-linecap": "round" });
  return isHollow ? [disc(colour, RADIUS), disc(PAPER, RADIUS - 2)] : [disc(colour, RADIUS)];
}
