import { z } from "@hono/zod-openapi";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import type { ReleasePolicy } from "../../../shared/contracts/releases.ts";
import { shownName, slug } from "../../../shared/contracts/common.ts";
import {
  scoreOrderRequest,
  type ScoreReport,
  scoreReportSchema,
} from "../../../shared/contracts/scores.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import { horizonsOf, truthRulesRequest } from "../../../shared/contracts/truth.ts";
import {
  type DataListFormat,
  dataListFormatOf,
  EXAM_TABLES,
  type ExamTableName,
} from "../../../shared/format/mod.ts";
import {
  invalidRequest,
  parseJson,
  Problem,
  type ProblemType,
  readEvery,
  refusal,
  requireTruthAccess,
  type ServiceApp,
} from "../../../shared/http/mod.ts";
import {
  ATTRIBUTES_BYTES_MAX,
  SENT_LIST_BYTES_MAX,
  SENT_PREDICTIONS_BYTES_MAX,
} from "../../../shared/limits.ts";
import type { MovedFile } from "../../../shared/volume/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { Asker } from "../compute/compute.ts";
import { idOfContent } from "../store/content.ts";
import { measureOptions } from "../measures/measure_options.ts";
import type {
  ScoredPart,
  ScoreOutcome,
  ScoreRequest,
  TruthSource,
} from "../jobs/score_predictions.ts";
import { readScoresAs } from "../store/score_reader.ts";
import type { DatasetList, ScoreStore } from "../store/score_store.ts";
import { type SentFile, sentFile } from "../store/sent_file.ts";
import { askerOf } from "./asker.ts";
import {
  type FilePart,
  filePart,
  jsonPart,
  optionalFilePart,
  receiveForm,
  type SentForm,
  textPart,
} from "./multipart.ts";
import { MEASURE_PARTS, measureParts, readTuning } from "./measure_parts.ts";
import { SUBGROUP_PARTS, subgroupChoice } from "./subgroups.ts";

const route = routesOf("scores");

const tablePart = (description: string) =>
  z.string().optional().openapi({
    format: "binary",
    description: `${description}; CSV beside data_list`,
  });

const uploadForm = z.object({
  data_list: z.string().optional().openapi({
    format: "binary",
    description: "The truth, if dataset is not given",
  }),
  dataset: shownName.optional().describe("A registered dataset, by id or name"),
  predictions: z.string().openapi({ format: "binary" }),
  reads: tablePart("A row per read: exam_id,reader,recall,score,order"),
  outcomes: tablePart("A row per exam: exam_id and outcomes"),
  ...MEASURE_PARTS,
  ...SUBGROUP_PARTS,
  truth: z.string().optional().openapi({
    description: "JSON: labels by outcomes instead of those of the list",
    example: '{"within_days":730}',
  }),
  model: slug.optional(),
  experiment: slug.optional(),
});

const postRoute = route("post", "/v1/scores", "scorePredictions", {
  summary: "Score predictions: of an evaluation, or uploaded",
  description: "As a form: a data list or a registered dataset, and existing predictions; " +
    "no model is run. The same upload returns the existing report. Inference sends JSON: " +
    "predictions on the results volume. On registered data only the data owner may do this, because " +
    "the answers would reveal the truth. Uploaded predictions may not have the name of a model of " +
    "this site or of an evaluated model.",
  request: {
    body: {
      content: {
        "application/json": { schema: scoreOrderRequest },
        "multipart/form-data": {
          schema: uploadForm,
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(scoreReportSchema, "The existing report of an identical request", "Location"),
    201: jsonAnswer(scoreReportSchema, "The score report", "Location"),
    ...problems(
      "invalid_request",
      "forbidden",
      "path_not_allowed",
      "not_found",
      "too_large",
      "invalid_data_list",
      "invalid_predictions",
    ),
  },
});

export function addScoreRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  app.openAPIRegistry.registerPath(postRoute);
  app.post("/v1/scores", async (c) => {
    const asker = askerOf(c);
    const multipart = (c.req.header("content-type") ?? "").startsWith("multipart/form-data");
    const { report, made } = multipart
      ? await scoreUpload(c.req.raw, asker, deps)
      : await scoreOrder(c.req.raw, asker, deps);
    const { shown } = readScoresAs(asker.caller, deps.store).see(report);
    return c.json(shown, made ? 201 : 200, {
      location: `/v1/scores/${report.id}`,
    });
  });
}

const UPLOAD_SHAPE = {
  wanted: "data_list or dataset, and predictions",
  schema: uploadForm,
  files: {
    data_list: SENT_LIST_BYTES_MAX,
    predictions: SENT_PREDICTIONS_BYTES_MAX,
    attributes: ATTRIBUTES_BYTES_MAX,
    reads: SENT_LIST_BYTES_MAX,
    outcomes: SENT_LIST_BYTES_MAX,
  },
};

type Deps = Pick<ScoringDependencies, "store" | "compute" | "modelNames" | "uploads">;

interface Scored {
  readonly report: ScoreReport;
  readonly made: boolean;
}

async function scoreOrder(
  request: Request,
  asker: Asker,
  deps: Deps,
): Promise<Scored> {
  const { store } = deps;
  const { caller } = asker;
  const parsed = scoreOrderRequest.safeParse(parseJson(await request.text(), "The body"));
  if (!parsed.success) throw invalidRequest(parsed.error, "body");
  const order = parsed.data;
  // Inference calls with admin rights on behalf of the evaluation's user. Other callers must not
  // reach another's evaluation by its path.
  requireTruthAccess(caller, { dataset: order.dataset }, "Scoring files of the volume");
  const list = await findList(order.dataset, store);
  const predictions = await store.predictions(order.predictions);
  const measure = measureOptions(order);
  const horizons = horizonsOf(order.truth);
  const tuning = (await Promise.all(tuningScores(order.operating_points).map(store.get)))
    .filter((report) => report !== null);
  const content = await store.contentDigest([
    list.digest,
    predictions.sha256,
    measure,
    order.subgroups,
    ...order.required_views,
    ...(horizons.length > 0 ? [{ horizons }] : []),
    ...tuning.map(({ provenance }) => ({ tuned_on: provenance["content"] })),
  ]);
  const earlier = await store.get(order.evaluation);
  if (earlier?.provenance["content"] === content) return { report: earlier, made: false };
  return await scoreAndKeep(
    {
      names: {
        id: order.evaluation,
        dataset: order.dataset,
        model: order.model,
        experiment: order.experiment,
        evaluation: order.evaluation,
      },
      truth: {
        file: list.file,
        format: "pkl",
        uploaded: false,
        requiredViews: order.required_views,
        horizons,
      },
      predictions,
      measure,
      tuning,
      patientKey: await store.patientKey(),
      subgroups: order.subgroups,
      attributes: null,
      provenance: {
        ...order.provenance,
        ...await notedRelease(order.dataset, store),
        dataset_digest: list.digest,
        content,
      },
    },
    deps,
    asker,
    [],
    order.predictions,
  );
}

async function scoreUpload(request: Request, asker: Asker, deps: Deps): Promise<Scored> {
  const [{ store }, { caller }] = [deps, asker];
  await using form = await receiveForm(request, deps.uploads, UPLOAD_SHAPE);
  const named = textPart(form, "dataset", shownName);
  const dataset = named && await store.datasetId(named);
  // There is no quota here, so repeated uploads would reveal the truth.
  if (dataset !== null) {
    requireTruthAccess(caller, { dataset }, "Scoring predictions on a registered dataset");
  }
  const { list, tables, predictions, choice, measure, horizons, ...said } = await readEvery({
    list: async () =>
      dataset === null
        ? uploadedList(filePart(form, "data_list"))
        : { ...await findList(dataset, store), format: "pkl" as const },
    tables: () => sentTables(form, dataset),
    predictions: () => sentFile(filePart(form, "predictions")),
    choice: () => subgroupChoice(form),
    measure: () => measureParts(form),
    horizons: () => horizonsOf(jsonPart(form, "truth", truthRulesRequest, undefined)),
    model: () => textPart(form, "model", slug),
    experiment: () => textPart(form, "experiment", slug),
  });
  const tuning = await readTuning(measure, asker, store);
  const names = { dataset, ...said, evaluation: null };
  const uploader = caller.role === "admin" ? null : caller.user;
  const content = await store.contentDigest([
    names,
    list.digest,
    predictions.sha256,
    measure,
    choice.subgroups,
    choice.attributes?.sha256 ?? null,
    ...(horizons.length > 0 ? [{ horizons }] : []),
    ...tuning.map(({ provenance }) => ({ tuned_on: provenance["content"] })),
    ...Object.entries(tables).map(([name, { sha256 }]) => ({ [name]: sha256 })),
    // Separate per uploader: a match with another user's upload would confirm a guessed list.
    ...(uploader === null ? [] : [uploader]),
  ]);
  const id = idOfContent(content);
  const earlier = await store.get(id);
  if (earlier !== null) return { report: earlier, made: false };
  return await scoreAndKeep(
    {
      names: { id, ...names },
      truth: {
        file: list.file,
        format: list.format,
        tables,
        uploaded: dataset === null,
        requiredViews: [],
        horizons,
      },
      predictions,
      measure,
      tuning,
      patientKey: await store.patientKey(),
      ...choice,
      provenance: {
        [dataset === null ? "data_list_sha256" : "dataset_digest"]: list.digest,
        ...await notedRelease(dataset, store),
        ...(uploader === null ? {} : { uploaded_by: uploader }),
        content,
      },
    },
    deps,
    asker,
    sentFiles(predictions, dataset === null ? list : null, choice.attributes),
    null,
  );
}

/** Tables beside an uploaded list; those of a dataset were joined when it was registered. */
function sentTables(
  form: SentForm,
  dataset: string | null,
): { readonly [Name in ExamTableName]?: SentFile } {
  const parts = EXAM_TABLES.flatMap((name) => {
    const part = optionalFilePart(form, name);
    return part === null ? [] : [[name, sentFile(part)] as const];
  });
  if (parts.length > 0 && dataset !== null) {
    const message = `${parts[0]![0]}: a dataset has its own; send it when registering the dataset`;
    throw new Problem("invalid_request", message);
  }
  return Object.fromEntries(parts);
}

function sentFiles(
  predictions: SentFile,
  list: Pick<TruthSource, "file" | "format"> | null,
  attributes: SentFile | null,
): MovedFile[] {
  return [
    { name: "predictions.csv", from: predictions.path },
    ...(list === null ? [] : [{ name: `data_list.${list.format}`, from: list.file.path }]),
    ...(attributes === null ? [] : [{ name: "attributes.csv", from: attributes.path }]),
  ];
}

/** Records the dataset's release policy in its scores; it holds after the dataset is deleted. */
async function notedRelease(
  dataset: string | null,
  store: ScoreStore,
): Promise<{ release?: ReleasePolicy }> {
  const release = dataset === null ? null : await store.releasePolicy(dataset);
  return release === null ? {} : { release };
}

async function findList(dataset: string, store: ScoreStore): Promise<DatasetList> {
  const list = await store.dataList(dataset);
  if (list === null) {
    throw new Problem("not_found", `There is no ready dataset ${dataset}`);
  }
  return list;
}

function uploadedList(part: FilePart): DatasetList & Pick<TruthSource, "file" | "format"> {
  return { file: sentFile(part), format: formatOf(part.name), digest: part.sha256 };
}

function formatOf(fileName: string): DataListFormat {
  try {
    return dataListFormatOf(fileName);
  } catch (error) {
    throw unreadableList(error instanceof Error ? error.message : String(error));
  }
}

async function scoreAndKeep(
  request: ScoreRequest,
  { store, compute }: Deps,
  asker: Asker,
  sent: readonly MovedFile[],
  beside: string | null,
): Promise<Scored> {
  const outcome = await compute.run("score", request, asker);
  if (!outcome.ok) throw problemOf(outcome);
  // Files that name women are replaced by the job's versions with pseudonyms.
  const replaced = new Set(outcome.files.map(({ name }) => stemOf(name)));
  const kept = sent.filter(({ name }) => !replaced.has(stemOf(name)));
  const report = await store.put(outcome.report, [...kept, ...outcome.files], beside);
  return { report, made: true };
}

/** `data_list` for `data_list.csv`. */
function stemOf(name: string): string {
  return name.replace(/\.\w+$/, "");
}

const REFUSALS = {
  data_list: ["invalid_data_list", "The data list cannot be used"],
  predictions: ["invalid_predictions", "The predictions cannot be scored"],
  subgroups: ["invalid_request", "The subgroups cannot be used"],
  truth: ["invalid_request", "The truth rule cannot be applied"],
  operating_points: ["invalid_request", "The operating points cannot be used"],
} as const satisfies Record<ScoredPart, readonly [ProblemType, string]>;

function problemOf(outcome: Extract<ScoreOutcome, { readonly ok: false }>): Problem {
  if ("unreadable" in outcome) return unreadableList(outcome.unreadable);
  const [type, what] = REFUSALS[outcome.of];
  return refusal(type, what, outcome.errors);
}

function unreadableList(reason: string): Problem {
  return new Problem("invalid_data_list", `data_list: ${reason}`);
}
