import { mainLevelOf, type ScoreReport } from "../../../../shared/contracts/scores.ts";
import { clusterName } from "../names.ts";
import {
  confidenceText,
  countText,
  isDigest,
  momentText,
  provenanceText,
} from "../../../../shared/pages/mod.ts";

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Whether the value is a digest or similar, shown in monospace. */
  readonly code?: boolean;
}

type Provenance = ScoreReport["provenance"];

/** Provenance that the report shows elsewhere, or that tells a reader nothing. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set([
  ...["bootstrap", "content", "exams", "images_folder_read_only", "operating_points"],
  ...["prevalence", "reads", "subgroups", "truth"],
]);

/** Display names of provenance; other entries show their own name. */
const NAMES: Readonly<Record<string, string>> = {
  model_version: "Model version",
  executor: "Run by",
  device: "Device",
  gpus: "GPUs",
  user: "Run as user and group",
  uploaded_by: "Uploaded by",
  blind: "Labels hidden from the model",
  parameters: "Model parameters",
  limits: "Limits of the run",
  resources: "Used by the run",
  build_ms: "Time to prepare the image",
  run_ms: "Time to run",
  attempt: "Attempt",
  dataset_digest: "Dataset digest",
  data_list_sha256: "Data list SHA-256",
  exams_called_by: "Exams identified by",
  predictions_sha256: "Predictions SHA-256",
  attributes_sha256: "Attributes SHA-256",
};

/** Lists known facts of what was evaluated on what, as needed to reproduce the numbers. */
export function factsOf(report: ScoreReport): Fact[] {
  const { provenance } = report;
  return [
    ...named("Model", report.model),
    ...known(provenance, ["model_version"]),
    ...imageFacts(provenance["image"]),
    ...known(provenance, ["parameters", "executor", "device", "gpus", "user", "blind", "limits"]),
    ...known(provenance, ["resources"]),
    ...named("Dataset", report.dataset),
    ...known(provenance, ["dataset_digest", "data_list_sha256", "exams_called_by"]),
    ...known(provenance, ["attributes_sha256"]),
    ...named("Experiment", report.experiment),
    ...known(provenance, ["predictions_sha256"]),
    ...rest(provenance),
    ...known(provenance, ["build_ms", "run_ms", "attempt"]),
    { name: "Intervals", value: intervalsText(report) },
    { name: "Scored", value: momentText(report.created_at) },
    ...named("Evaluation", report.evaluation, true),
    { name: "Score report", value: report.id, code: true },
  ];
}

function named(name: string, value: string | null, code = false): Fact[] {
  return value === null ? [] : [{ name, value, code }];
}

function known(provenance: Provenance, keys: readonly string[]): Fact[] {
  return keys.flatMap((key) => {
    const value = provenance[key];
    if (value === undefined || value === null) return [];
    return [{ name: NAMES[key] ?? key, value: provenanceText(key, value), code: isDigest(value) }];
  });
}

/** Keeps provenance that other services add. */
function rest(provenance: Provenance): Fact[] {
  const keys = Object.keys(provenance).filter((key) =>
    !(key in NAMES) && !SAID_ELSEWHERE.has(key) && key !== "image"
  );
  return known(provenance, keys);
}

function imageFacts(image: unknown): Fact[] {
  if (typeof image !== "object" || image === null) return [];
  const { tag, digest, built_at } = image as Record<string, unknown>;
  return [
    ...typeof tag === "string" ? [{ name: "Container image", value: tag, code: true }] : [],
    ...typeof digest === "string"
      ? [{ name: "Container image digest", value: digest, code: true }]
      : [],
    ...typeof built_at === "string" && !Number.isNaN(Date.parse(built_at))
      ? [{ name: "Container image built", value: momentText(built_at) }]
      : [],
  ];
}

/** How the intervals were made, in one line. */
function intervalsText({ levels }: ScoreReport): string {
  const main = levels[mainLevelOf(levels)]!;
  const { bootstrap } = main;
  if (bootstrap === null) return "no bootstrap was requested";
  const { method, confidence, replicates, used, used_by_exam, seed, stratified } = bootstrap;
  const kind = method === "bca" ? "bias-corrected and accelerated (BCa)" : "percentile";
  return `${kind} bootstrap, ${confidenceText(confidence)}, ${countText(replicates)} replicates ` +
    `(used: ${countText(used)} by row, ${countText(used_by_exam)} by ${clusterName(main)}), ` +
    `${stratified ? "drawn within each class, " : ""}seed ${seed}`;
}
