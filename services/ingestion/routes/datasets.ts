import { z } from "@hono/zod-openapi";
import { basename } from "node:path";
import { jsonAnswer, problems, routesOf, withHeaders } from "../../../shared/contracts/answers.ts";
import {
  ACCEPTED_KINDS,
  acceptedKinds,
  countedPageOf,
  datasetListSchema,
  datasetSchema,
  examSchema,
  type ExamsQuery,
  examsQuery,
  imageCheck,
  registerDatasetRequest,
  registerDicomRequest,
  registerDicomwebRequest,
  voiChoice,
} from "../../../shared/contracts/datasets.ts";
import { datasetId, preferHeader } from "../../../shared/contracts/parameters.ts";
import { type Fault, tellsTruth } from "../../../shared/domain/mod.ts";
import {
  type DataListFormat,
  dataListFormatOf,
  type ExamTableName,
} from "../../../shared/format/mod.ts";
import {
  type Caller,
  invalidRequest,
  mayAccessTruth,
  parseJson,
  Problem,
  readEvery,
  requireTruthAccess,
  type ServiceApp,
  waitPreference,
} from "../../../shared/http/mod.ts";
import { DATA_LIST_BYTES_MAX, FAULTS_LISTED_MAX } from "../../../shared/limits.ts";
import { resolveWithin } from "../../../shared/volume/mod.ts";
import type { IngestionDependencies } from "../dependencies.ts";
import type { StoredDataset } from "../dataset_store.ts";
import type { DatasetSubmission, Registration } from "../register_dataset.ts";
import type { DicomUpload } from "../upload_receiver.ts";
import { chooseExams } from "../choose_exams.ts";
import { shownExam } from "./exams.ts";
import {
  dicomSubmission,
  isDicomRequest,
  makeSubmission,
  readLabelsFile,
} from "./dicom_submission.ts";

const route = routesOf("datasets");

const idParam = z.object({ id: datasetId });

const registerRoute = route("post", "/v1/datasets", "registerDataset", {
  summary: "Register a folder in place, import DICOM, or upload either",
  description:
    "JSON gives the paths of folder and data list on the server, which stay in place and are never " +
    "changed; a form uploads them. Every fault of list and images is listed with exam, view and " +
    "image. The import continues after the answer; with `Prefer: wait=N` the answer waits for it. The id is " +
    "the name where that is fit for a folder, else what is left of it in ASCII; a number tells clashes apart. " +
    "The same content under the same name again answers 200 with the dataset that is there, other content 409.",
  request: {
    headers: z.object({ prefer: preferHeader }),
    body: {
      content: {
        "application/json": {
          schema: z.union([registerDatasetRequest, registerDicomRequest, registerDicomwebRequest]),
        },
        "multipart/form-data": {
          schema: z.union([
            z.object({
              name: z.string(),
              data_list: z.string().openapi({ format: "binary" }),
              images: z.string().openapi({ format: "binary" }),
              reads: z.string().optional().openapi({ format: "binary" }),
              outcomes: z.string().optional().openapi({ format: "binary" }),
              check: imageCheck.default("pixels"),
            }),
            z.object({
              name: z.string(),
              dicom: z.string().openapi({ format: "binary" }),
              labels: z.string().openapi({ format: "binary" }),
              window: voiChoice,
              keep_columns: z.string().optional().openapi({
                description: "Columns of the labels to keep in any case, comma-separated",
              }),
              accept: z.string().optional().openapi({
                description: `Kinds of images, comma-separated: ${ACCEPTED_KINDS.join(", ")}`,
              }),
            }),
          ]),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      datasetSchema,
      "The dataset already exists, with the same name and content",
      "Location",
    ),
    201: jsonAnswer(datasetSchema, "The dataset is ready (with Prefer: wait=N)", "Location"),
    202: jsonAnswer(
      datasetSchema,
      "The import continues: follow Location",
      "Location",
      "Retry-After",
    ),
    ...problems(
      "invalid_request",
      "path_not_allowed",
      "dataset_exists",
      "too_large",
      "unsupported_media_type",
      "unavailable",
    ),
    422: withHeaders(problems("invalid_data_list")[422], "Location"),
  },
});

const deleteRoute = route("delete", "/v1/datasets/{id}", "deleteDataset", {
  summary: "Delete a dataset and cancel its import; images registered in place remain",
  description: "Uploaded and converted images are deleted. Refused while an evaluation uses it.",
  request: { params: idParam },
  responses: { 204: { description: "Gone" }, ...problems("not_found", "dataset_in_use") },
});

const listRoute = route("get", "/v1/datasets", "listDatasets", {
  summary: "List the datasets",
  description: "Including datasets that are being imported and rejected ones.",
  responses: { 200: jsonAnswer(datasetListSchema, "All datasets, oldest first") },
});

const getRoute = route("get", "/v1/datasets/{id}", "getDataset", {
  summary: "One dataset, with every fault found in it",
  description: "Progress of the import, contents, and faults.",
  request: { params: idParam },
  responses: { 200: jsonAnswer(datasetSchema, "The dataset"), ...problems("not_found") },
});

const examsRoute = route("get", "/v1/datasets/{id}/exams", "listExams", {
  summary: "The exams of a dataset, with their labels",
  description:
    "In the order of the data list, unless `sort` says otherwise. Labels are the truth of the test set: only the data " +
    "owner (role `admin`) may see them.",
  request: { params: idParam, query: examsQuery },
  responses: {
    200: jsonAnswer(
      countedPageOf(examSchema),
      "A page of exams; `total` counts those of all pages",
    ),
    ...problems("invalid_request", "forbidden", "not_found", "dataset_not_ready"),
  },
});

export function addDatasetRoutes(app: ServiceApp, dependencies: IngestionDependencies): void {
  const { store, registry } = dependencies;

  // Only documented here and handled by hand below: the body is JSON or a multipart stream of any size, which
  // validation would read into memory.
  app.openAPIRegistry.registerPath(registerRoute);
  app.post("/v1/datasets", async (c) => {
    const { outcome, dataset: stored } = await takeIn(
      c.req.raw,
      c.get("caller").user,
      dependencies,
    );
    const location = `/v1/datasets/${stored.id}`;
    await registry.settled(stored.id, waitPreference(c.req.header("prefer")));
    const dataset = await registry.get(stored.id) ?? stored;
    if (dataset.status === "rejected") throw rejection(dataset, location);
    const status = outcome === "same" ? 200 : dataset.status === "ready" ? 201 : 202;
    c.header("location", location);
    if (status === 202) c.header("retry-after", "1");
    return c.json(shown(dataset, c.get("caller")), status);
  });

  app.openapi(listRoute, async (c) => {
    const datasets = await Promise.all((await store.ids()).map((id) => registry.get(id)));
    return c.json({
      items: datasets.filter((dataset) => dataset !== null).map((dataset) =>
        shown(dataset, c.get("caller"))
      ),
    }, 200);
  });

  app.openapi(
    getRoute,
    async (c) =>
      c.json(shown(await find(c.req.valid("param").id, dependencies), c.get("caller")), 200),
  );

  app.openapi(examsRoute, async (c) => {
    const { id } = c.req.valid("param");
    requireTruthAccess(c.get("caller"), { dataset: id }, "The list of exams");
    const dataset = await find(id, dependencies);
    return c.json(await examsPage(dataset, dependencies, c.req.valid("query")), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    await remove(c.req.valid("param").id, dependencies);
    return c.body(null, 204);
  });
}

async function takeIn(
  request: Request,
  user: string,
  dependencies: IngestionDependencies,
): Promise<Registration> {
  const taken = await register(request, user, dependencies);
  if (taken.outcome !== "other") return taken;
  const { id, name } = taken.dataset;
  throw new Problem(
    "dataset_exists",
    `There is a dataset ${
      JSON.stringify(name)
    } (id ${id}) of other content: ${taken.difference}. Register it under ` +
      `another name, or DELETE /v1/datasets/${id} first`,
  );
}

async function register(
  request: Request,
  user: string,
  dependencies: IngestionDependencies,
): Promise<Registration> {
  const contentType = request.headers.get("content-type") ?? "";
  if (contentType.startsWith("multipart/form-data")) {
    return await takeInUpload(request, user, dependencies);
  }
  if (contentType.startsWith("application/json")) {
    return await dependencies.registry.register(await submissionOf(request, dependencies), user);
  }
  throw new Problem(
    "unsupported_media_type",
    "POST /v1/datasets takes application/json with paths, or multipart/form-data with files",
  );
}

async function submissionOf(
  request: Request,
  dependencies: IngestionDependencies,
): Promise<DatasetSubmission> {
  const { dataRoots } = dependencies;
  const body = parseJson(await request.text(), "The body");
  if (isDicomRequest(body)) return await dicomSubmission(body, dependencies);
  const parsed = registerDatasetRequest.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, "body");
  const fileOf = async (field: "data_list" | ExamTableName): Promise<string | null> => {
    const asked = parsed.data[field] ?? null;
    if (asked === null) return null;
    const path = await resolveWithin(asked, dataRoots);
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw new Problem("invalid_request", `${field}: ${asked} is not a file`);
    if (size > DATA_LIST_BYTES_MAX) {
      throw new Problem("too_large", `${field}: over ${DATA_LIST_BYTES_MAX} bytes`);
    }
    return path;
  };
  const folderOfImages = async (): Promise<string> => {
    const folder = await resolveWithin(parsed.data.images, dataRoots);
    if ((await Deno.stat(folder)).isDirectory) return folder;
    throw new Problem("invalid_request", `images: ${parsed.data.images} is not a folder`);
  };
  const { images: imagesFolder, data_list: { path: listPath, format }, reads, outcomes } =
    await readEvery({
      images: folderOfImages,
      data_list: async () => {
        const path = (await fileOf("data_list"))!;
        return { path, format: formatOf(path) };
      },
      reads: () => fileOf("reads"),
      outcomes: () => fileOf("outcomes"),
    });
  const tables = { ...reads === null ? {} : { reads }, ...outcomes === null ? {} : { outcomes } };
  return {
    name: parsed.data.name,
    origin: { kind: "data_list", format },
    source: { path: listPath, format, tables },
    imagesFolder,
    place: imagesFolder,
    check: parsed.data.check,
    release: parsed.data.release,
  };
}

async function takeInUpload(
  request: Request,
  user: string,
  dependencies: IngestionDependencies,
): Promise<Registration> {
  const { uploads, registry } = dependencies;
  const upload = await uploads.receive(request);
  try {
    if (upload.kind === "dicom") return await registerDicomUpload(upload, user, dependencies);
    const format = formatOf(upload.dataListName);
    return await registry.register({
      name: upload.name,
      origin: { kind: "data_list", format },
      source: { path: upload.dataListPath, format, tables: upload.tables },
      imagesFolder: null,
      filesFolder: upload.imagesFolder,
      check: upload.check,
      fillImages: (folder) => uploads.settle(upload, folder),
    }, user);
  } finally {
    await uploads.discard(upload);
  }
}

async function registerDicomUpload(
  upload: DicomUpload,
  user: string,
  { uploads, registry, sealedStore }: IngestionDependencies,
): Promise<Registration> {
  const window = voiChoice.safeParse(windowOf(upload.window));
  if (!window.success) {
    throw new Problem("invalid_request", "window: send its number from 1, or its explanation");
  }
  const labels = await readLabelsFile(upload.labelsPath);
  const accept = acceptedKinds.safeParse([...upload.accept]);
  if (!accept.success) {
    throw new Problem("invalid_request", `accept: send some of ${ACCEPTED_KINDS.join(", ")}`);
  }
  const { keepColumns } = upload;
  const kinds = accept.data ?? [];
  const request = { folder: null, dicomweb: null, labels, keepColumns, accept: kinds };
  const submission = makeSubmission(upload.name, window.data ?? null, { sealedStore }, request);
  return await registry.register({
    ...submission,
    filesFolder: upload.dicomFolder,
    async keep(id): Promise<void> {
      await submission.keep!(id);
      await uploads.settle(upload, sealedStore.incoming(id));
    },
  }, user);
}

/** Form fields are text: digits mean the position of a window. */
function windowOf(text: string | null): number | string | undefined {
  if (text === null) return undefined;
  return /^\d{1,3}$/.test(text) ? Number(text) : text;
}

function formatOf(fileName: string): DataListFormat {
  try {
    return dataListFormatOf(basename(fileName));
  } catch (error) {
    throw new Problem(
      "invalid_request",
      `data_list: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function find(id: string, { registry }: IngestionDependencies): Promise<StoredDataset> {
  return await registry.get(id) ?? absent(id);
}

function absent(id: string): never {
  throw new Problem(
    "not_found",
    `There is no dataset ${JSON.stringify(id)}: GET /v1/datasets lists them`,
  );
}

/** Hides warnings that name breasts with cancer from callers who may not see the truth. */
function shown(
  { origin: _, ...dataset }: StoredDataset,
  caller: Caller,
): Omit<StoredDataset, "origin"> {
  if (mayAccessTruth(caller, { dataset: dataset.id })) return dataset;
  const warnings = dataset.warnings.filter((warning) => !tellsTruth(warning));
  // Unlisted warnings may reveal the truth too, so only those shown count.
  return { ...dataset, warnings, warnings_total: warnings.length };
}

/** Explains why a dataset was rejected; if it is empty, also what was left out and why. */
function rejection(dataset: StoredDataset, location: string): Problem {
  const first = dataset.errors[0]?.message ?? "unknown fault";
  const isEmpty = dataset.errors.some(({ code }) => code === "data_list_empty");
  const reasons = isEmpty ? dataset.warnings : [];
  const found = dataset.warnings.find(({ code }) => code === "images_found");
  const more = dataset.errors_total > 1
    ? ` (${dataset.errors_total} faults in all: see errors)`
    : "";
  const detail = `The dataset was rejected: ${first}${more}${countedReasons(reasons)}` +
    (found === undefined ? "" : `. ${found.message}`);
  return new Problem("invalid_data_list", detail, {
    errors: [...dataset.errors, ...reasons].slice(0, FAULTS_LISTED_MAX),
    errorsTotal: dataset.errors_total + (isEmpty ? dataset.warnings_total : 0),
    headers: { location },
  });
}

/** Lists each kind of reason with its count and first message. */
function countedReasons(reasons: readonly Fault[]): string {
  const byCode = Map.groupBy(reasons, ({ code }) => code);
  const told = [...byCode].map(([code, faults]) =>
    `${code} ${faults.length} (${faults[0]!.message})`
  );
  return told.length === 0 ? "" : `. Left out: ${told.join("; ")}`;
}

async function examsPage(
  dataset: StoredDataset,
  { store }: IngestionDependencies,
  { cursor, ...query }: ExamsQuery,
): Promise<{ items: z.infer<typeof examSchema>[]; next_cursor: string | null; total: number }> {
  if (dataset.status !== "ready") {
    throw new Problem(
      "dataset_not_ready",
      `Dataset ${dataset.id} is ${dataset.status} and has no exams to show`,
    );
  }
  const start = Number(cursor ?? 0);
  const isPlace = Number.isSafeInteger(start) && start >= 0;
  const isChosen = query.search !== undefined || query.cancer !== undefined ||
    query.sort !== "list";
  const chosen = isChosen && isPlace ? await chooseExams(dataset.id, query, start, store) : null;
  const page = chosen ?? (isPlace ? await store.exams(dataset.id, start, query.limit) : null);
  if (page === null) {
    throw new Problem("invalid_request", "cursor: use next_cursor of the previous page");
  }
  return {
    items: page.items.map(shownExam),
    next_cursor: page.next === null ? null : String(page.next),
    total: chosen?.total ?? dataset.exams,
  };
}

async function remove(idOrName: string, dependencies: IngestionDependencies): Promise<void> {
  const { registry, store } = dependencies;
  const { id } = await find(idOrName, dependencies);
  const outcome = await registry.remove(id);
  if (outcome === "missing") absent(id);
  if (outcome === "in_use") {
    const [user] = await store.leases(id);
    throw new Problem(
      "dataset_in_use",
      `Dataset ${id} is used by evaluation ${user}: wait until it ends or cancel it`,
    );
  }
}
