import type { JSX } from "hono/jsx/jsx-runtime";
import { mainLevelOf, type ScoreReport } from "../../../../shared/contracts/scores.ts";
import {
  type Column,
  column,
  confidenceText,
  counted,
  countText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { clusterName, datasetName, modelName, operatingPointName } from "../names.ts";

const COLUMNS: readonly Column<ChecklistItem>[] = [
  column("head", "What", ({ topic }) => topic),
  column("text", "Answer", ({ answer }) => answer ?? <em>for the authors</em>),
  column("text", "Required by", ({ guideline }) => guideline),
];

/** Reporting checklist, filled in as far as known. */
export function ChecklistSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <Section id="checklist" title="For a publication">
      <p>
        Items of the guidelines STARD-AI and CLAIM, as far as mammoeval can fill them in. STARD
        numbers are those of STARD 2015, which STARD-AI extends.
      </p>
      <Table
        label="Reporting checklist"
        columns={COLUMNS}
        rows={checklistItems(report)}
        kind="answers"
        long
      />
    </Section>
  );
}

/** One item that a publication must report, and this score's answer. */
interface ChecklistItem {
  /** The guidelines' requirement, in our words. */
  readonly topic: string;
  /** Its source: item of STARD 2015, on which STARD-AI builds, or part of CLAIM. */
  readonly guideline: string;
  /** The answer; null if only the authors know it. */
  readonly answer: string | null;
}

/**
 * What a score can answer of STARD-AI, which extends STARD 2015 (Bossuyt et al. 2015, BMJ 351:h5527), and CLAIM
 * (Mongan et al. 2020, Radiology: Artificial Intelligence 2:e200029; update 2024), in the order of a paper.
 */
export function checklistItems(report: ScoreReport): ChecklistItem[] {
  return [
    ...methodItems(report),
    ...resultItems(report),
    ...AUTHORS_ITEMS.map(([topic, guideline]) => ({ topic, guideline, answer: null })),
  ];
}

/** Items that no evaluation can answer. */
const AUTHORS_ITEMS: readonly (readonly [topic: string, guideline: string])[] = [
  ["Intended use, study aims and hypotheses", "STARD 3–4, CLAIM introduction"],
  ["Planned before or after data collection", "STARD 5, CLAIM study design"],
  ["Eligibility, setting, dates; consecutive or selected", "STARD 6–9, CLAIM data"],
  ["How and by whom cancer was confirmed or ruled out", "STARD 10b, 11, CLAIM reference standard"],
  ["Intended sample size", "STARD 18, CLAIM data partitions"],
  ["Whether any exam was used to train or tune the model", "STARD-AI, CLAIM data partitions"],
  ["Age, density, ethnicity, vendor of the exams", "STARD 20–21, CLAIM results"],
  ["Limits and meaning for practice", "STARD 26–27, CLAIM discussion"],
  ["Registration, protocol, funding, access to data and model", "STARD 28–30, CLAIM other"],
];

function methodItems(report: ScoreReport): ChecklistItem[] {
  const { breast } = report.levels;
  const left = breast.count === 0 ? 0 : breast.exams * 2 - breast.count;
  return [
    {
      topic: "The index test in sufficient detail to repeat it",
      guideline: "STARD 10a, STARD-AI, CLAIM model",
      answer: indexTest(report),
    },
    {
      topic: "The test data, with identifiers",
      guideline: "STARD-AI, CLAIM data",
      answer: testData(report),
    },
    {
      topic: "Thresholds, and whether they were fixed beforehand",
      guideline: "STARD 12a, CLAIM evaluation",
      answer: thresholds(report),
    },
    {
      topic: "Whether the index test knew the reference standard",
      guideline: "STARD 13a",
      answer: blinding(report),
    },
    {
      topic: "How accuracy was estimated",
      guideline: "STARD 14, CLAIM evaluation",
      answer:
        "AUROC (ties count half), average precision, area under the precision–recall curve by " +
        "the trapezoid rule, Brier score. " + intervals(report),
    },
    {
      topic: "Indeterminate and missing results",
      guideline: "STARD 15–16, CLAIM data",
      answer: "A result that is missing or not a number ends the scoring; none was left out or " +
        "filled in. " +
        (left > 0
          ? `${counted(left, "breast has", "breasts have")} no image and no score.`
          : breast.count === 0
          ? "Every exam has a score."
          : "Every breast has a score."),
    },
    {
      topic: "Variability of accuracy",
      guideline: "STARD 17, CLAIM evaluation",
      answer: report.subgroups.length === 0
        ? "No subgroups were analysed."
        : `Subgroups by ${report.subgroups.map(({ key }) => key).join(", ")}; exploratory unless ` +
          "specified in the protocol.",
    },
  ];
}

function resultItems(report: ScoreReport): ChecklistItem[] {
  const { levels } = report;
  const main = levels[mainLevelOf(levels)]!;
  const points = main.operating_points.filter((point) => point.undefined === null);
  return [
    {
      topic: "Numbers of participants and of units",
      guideline: "STARD 19, CLAIM results",
      answer: `${counted(main.exams, "exam")}` +
        (["breast", "image"] as const).map((level) => {
          const { count = 0 } = levels[level] ?? {};
          return count === 0 ? "" : `, ${counted(count, level)}`;
        }).join("") +
        `; ${
          counted(main.positives, mainLevelOf(levels))
        } malignant. Exams that are not in the data ` +
        "list are unknown.",
    },
    {
      topic: "Index test against reference standard, counted",
      guideline: "STARD 23, CLAIM results",
      answer: points.length === 0
        ? "See the score histogram; no threshold was chosen."
        : "See the tables at chosen thresholds: each rate with its counts.",
    },
    {
      topic: "Accuracy with its precision",
      guideline: "STARD 24, CLAIM results",
      answer: "See the metrics by breast, by exam and by image, and the plots.",
    },
    {
      topic: "Failures",
      guideline: "CLAIM results",
      answer: "See the largest errors of the model.",
    },
  ];
}

function indexTest(report: ScoreReport): string {
  const { image, model_version: version, executor } = report.provenance;
  const digest = (image as { digest?: unknown } | null | undefined)?.digest;
  const parts = [
    modelName(report),
    ...typeof version === "string" ? [`version ${version}`] : [],
    ...typeof digest === "string" ? [`container image ${shortDigest(digest)}`] : [],
    ...typeof executor === "string" ? [`run by ${executor}`] : [],
  ];
  return `${parts.join(", ")}. Parameters and digests are under “Record of the run”.`;
}

function testData(report: ScoreReport): string {
  const { dataset_digest: digest, data_list_sha256: list } = report.provenance;
  const proof = typeof digest === "string" ? digest : typeof list === "string" ? list : null;
  return `${datasetName(report)}${proof === null ? "" : `, ${shortDigest(proof)}`}.`;
}

/** Enough to recognise it by; the table has the full digest. */
function shortDigest(digest: string): string {
  return digest.replace(/^((?:sha256:)?[0-9a-f]{12})[0-9a-f]+$/, "$1…");
}

/** Name prefix of a threshold given in the request. */
const GIVEN = "score";

function thresholds({ levels }: ScoreReport): string {
  const points = levels[mainLevelOf(levels)]!.operating_points;
  if (points.length === 0) return "No threshold was used.";
  const given = points.filter(({ name }) => name.startsWith(GIVEN));
  const tuned = points.filter((point) => point.chosen !== undefined);
  const chosen = points.filter((point) => !given.includes(point) && !tuned.includes(point));
  const list = (of: typeof points): string =>
    of.map(({ name }) => operatingPointName(name)).join("; ");
  return [
    ...given.length === 0 ? [] : [
      `Given with the request: ${
        list(given)
      }; only the authors know whether they were fixed beforehand.`,
    ],
    ...chosen.length === 0 ? [] : [`Chosen on these exams, so exploratory: ${list(chosen)}.`],
    ...tuned.length === 0 ? [] : [`Chosen on other women than those reported: ${list(tuned)}.`],
  ].join(" ");
}

function blinding({ provenance }: ScoreReport): string {
  const { blind, executor } = provenance;
  if (blind === true) return "It did not: labels were blanked in the input of the model.";
  if (blind === false) return "It could: the evaluation was not blind.";
  return typeof executor === "string"
    ? "Not recorded with this score."
    : "Unknown: the predictions were uploaded.";
}

function intervals({ levels }: ScoreReport): string {
  const main = levels[mainLevelOf(levels)]!;
  const { bootstrap } = main;
  if (bootstrap === null) return "No bootstrap intervals were requested; DeLong’s for the AUROC.";
  return `${confidenceText(bootstrap.confidence)} intervals by bootstrap ` +
    `(${countText(bootstrap.replicates)} replicates, ${bootstrap.method}, seed ` +
    `${bootstrap.seed}), ${
      clusterName(main) === "woman" ? "over women, with all their exams" : "over exams"
    }, and over rows; DeLong’s for the AUROC.`;
}
