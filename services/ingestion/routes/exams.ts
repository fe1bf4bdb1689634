import { z } from "@hono/zod-openapi";
import {
  fileAnswers,
  jsonAnswer,
  jsonBody,
  problems,
  routesOf,
} from "../../../shared/contracts/answers.ts";
import { examStudy, lookedAtExam, studyRequest } from "../../../shared/contracts/datasets.ts";
import type { examSchema, LookedAtExam } from "../../../shared/contracts/datasets.ts";
import { IMAGE_HEADERS, imageQuery } from "../../../shared/contracts/images.ts";
import { LRUCache } from "lru-cache";
import { IMAGES_REMEMBERED_MAX } from "../../../shared/limits.ts";
import { datasetId, examId } from "../../../shared/contracts/parameters.ts";
import { type Exam, type View, VIEWS } from "../../../shared/domain/mod.ts";
import {
  contentOf,
  fileAnswer,
  matchesEtag,
  Problem,
  requireTruthAccess,
  type ServiceApp,
} from "../../../shared/http/mod.ts";
import type { IngestionDependencies } from "../dependencies.ts";
import { createPseudonyms } from "../dicom/pseudonyms.ts";
import { RenderFailed } from "../image_renderer/image_renderer.ts";
import type { Rendered } from "../image_renderer/render.ts";
import type { StoredDataset } from "../dataset_store.ts";
import { createPictureCache, type Picture, seeImage, settlePicture } from "../show_image.ts";

const route = routesOf("datasets");

const examRoute = route("get", "/v1/datasets/{id}/exams/{exam}", "getExam", {
  summary: "One exam with its labels, the sizes of its images, and its neighbours in the list",
  description: "For those who may see the truth; each look is in the audit log.",
  request: { params: z.object({ id: datasetId, exam: examId }) },
  responses: { 200: jsonAnswer(lookedAtExam, "The exam"), ...problems("forbidden", "not_found") },
});

const studyRoute = route("get", "/v1/datasets/{id}/exams/{exam}/study", "getStudy", {
  summary: "The DICOM study behind an exam's pseudonym",
  description: "For the data owner (role `admin`); each look is in the audit log.",
  request: { params: z.object({ id: datasetId, exam: examId }) },
  responses: { 200: jsonAnswer(examStudy, "The study"), ...problems("forbidden", "not_found") },
});

const examOfStudyRoute = route("post", "/v1/datasets/{id}/studies", "findStudy", {
  summary: "The exam that a DICOM study became",
  description:
    "For the data owner (role `admin`); each look is in the audit log, without the UID. It is in the body because " +
    "addresses are logged elsewhere.",
  request: { params: z.object({ id: datasetId }), body: jsonBody(studyRequest) },
  responses: {
    200: jsonAnswer(examStudy, "The exam"),
    ...problems("invalid_request", "forbidden", "not_found", "unsupported_media_type"),
  },
});

const imageRoute = route("get", "/v1/datasets/{id}/images/{image}", "getImage", {
  summary: "A registered image, or a part of it, as a picture or as stored values",
  description:
    "For those who may see the truth; each look is in the audit log. What is not in the data list, what " +
    "is gone and what belongs to another dataset is answered alike.",
  request: {
    params: z.object({
      id: datasetId,
      image: z.string().openapi({
        description: "Name of the image in the data list, without `.png`; a slash in it as `%2F`",
      }),
    }),
    query: imageQuery,
  },
  responses: withImageHeaders({
    ...fileAnswers({
      description: "The picture",
      content: {
        "image/webp": { schema: z.string().openapi({ format: "binary" }) },
        "image/png": { schema: z.string().openapi({ format: "binary" }) },
        "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) },
      },
    }),
    ...problems("invalid_request", "forbidden", "not_found", "unavailable"),
  }),
});

const CONTENT_TYPES = {
  webp: "image/webp",
  png: "image/png",
  raw16: "application/octet-stream",
} as const;

export function addExamRoutes(app: ServiceApp, dependencies: IngestionDependencies): void {
  const { registry, store, images } = dependencies;
  const show = createPictureCache(dependencies.renderer);
  const listed = new LRUCache<string, true>({ max: IMAGES_REMEMBERED_MAX });

  async function isListed(dataset: StoredDataset, image: string): Promise<boolean> {
    const key = JSON.stringify([dataset.id, dataset.created_at, image]);
    if (listed.has(key)) return true;
    if (await store.findExam(dataset.id, "image", image) === null) return false;
    listed.set(key, true);
    return true;
  }

  app.openapi(examRoute, async (c) => {
    const { id, exam } = c.req.valid("param");
    requireTruthAccess(c.get("caller"), { dataset: id }, "The exam");
    const dataset = await registry.get(id);
    const found = dataset?.status === "ready" ? await store.findExam(dataset.id, "id", exam) : null;
    if (found === null) throw absent("exam", exam, id);
    const names = VIEWS.flatMap((view) => found.exam.images[view]);
    const sizes = await Promise.all(names.map(async (name) => {
      const header = (await seeImage(images, dataset!.images_folder, name))?.header;
      const size = header === undefined ? null : { width: header.width, height: header.height };
      return [name, size] as const;
    }));
    const { previous, next } = found;
    const answer = { ...shownExam(found.exam), previous, next, sizes: Object.fromEntries(sizes) };
    return c.json(answer satisfies LookedAtExam, 200);
  });

  addStudyRoutes(app, dependencies);
  app.openapi(imageRoute, async (c) => {
    const { id, image } = c.req.valid("param");
    requireTruthAccess(c.get("caller"), { dataset: id }, "The image");
    const dataset = await registry.get(id);
    const seen = dataset?.status === "ready" && await isListed(dataset, image)
      ? await seeImage(images, dataset.images_folder, image)
      : null;
    if (seen === null) throw absent("image", image, id);
    const wanted = c.req.valid("query");
    const picture = settlePicture(seen, wanted);
    const named = {
      type: CONTENT_TYPES[wanted.format],
      name: `${image.split("/").at(-1)}.${wanted.format === "raw16" ? "raw" : wanted.format}`,
      etag: picture.etag,
    };
    // The ETag alone tells whether the picture has changed, without rendering.
    if (matchesEtag(c.req.header("if-none-match"), `"${picture.etag}"`)) {
      return c.body(null, 304, { etag: `"${picture.etag}"` });
    }
    const rendered = await show(picture).catch((error) => {
      throw error instanceof RenderFailed ? damaged(image, id, error) : error;
    });
    const answer = fileAnswer(c, { ...contentOf(rendered.bytes), ...named });
    for (const [name, value] of headersOf(picture, rendered)) answer.headers.set(name, value);
    return answer;
  });
}

function addStudyRoutes(
  app: ServiceApp,
  { registry, store, sealedStore }: IngestionDependencies,
): void {
  app.openapi(studyRoute, async (c) => {
    const { id, exam } = c.req.valid("param");
    requireTruthAccess(c.get("caller"), { dataset: id }, "The study");
    const dataset = await registry.get(id);
    const studies = dataset?.status === "ready" ? await sealedStore.studies(dataset.id) : null;
    const uid = studies !== null && Object.hasOwn(studies, exam) ? studies[exam] : undefined;
    if (uid === undefined) throw noStudy(`a study of exam ${JSON.stringify(exam)}`, id);
    return c.json({ exam, study_instance_uid: uid }, 200);
  });

  app.openapi(examOfStudyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { study_instance_uid } = c.req.valid("json");
    requireTruthAccess(c.get("caller"), { dataset: id }, "The exam");
    const dataset = await registry.get(id);
    const exam = createPseudonyms(await sealedStore.key()).exam(study_instance_uid);
    const found = dataset?.status === "ready" ? await store.findExam(dataset.id, "id", exam) : null;
    if (found === null) throw noStudy("an exam of this study", id);
    return c.json({ exam, study_instance_uid }, 200);
  });
}

function noStudy(what: string, dataset: string): Problem {
  return new Problem(
    "not_found",
    `Dataset ${
      JSON.stringify(dataset)
    } does not have ${what}: only exams from DICOM have studies, and ` +
      "datasets of earlier versions must be registered again to know them",
  );
}

function headersOf({ view }: Picture, { grey }: Rendered): [string, string][] {
  const values = [view.width, view.height, grey.window, grey.level];
  const named = Object.keys(IMAGE_HEADERS).map((name, at): [string, string] => [
    name,
    String(values[at]),
  ]);
  // Makes the browser revalidate each time, so that each view is logged.
  return [...named, ["cache-control", "private, no-cache"]];
}

function withImageHeaders<T extends Record<200 | 206, { headers: object }>>(answers: T): T {
  const headers = Object.fromEntries(
    Object.entries(IMAGE_HEADERS).map(([name, description]) => [
      name,
      { description, schema: { type: "number" } },
    ]),
  );
  for (const status of [200, 206] as const) {
    answers[status].headers = { ...answers[status].headers, ...headers };
  }
  return answers;
}

/** Same answer for hidden, missing and foreign images. */
function absent(what: string, name: string, dataset: string): Problem {
  return new Problem(
    "not_found",
    `There is no ${what} ${JSON.stringify(name)} that can be shown in dataset ${
      JSON.stringify(dataset)
    }`,
  );
}

function damaged(image: string, dataset: string, { message }: RenderFailed): Problem {
  return new Problem(
    "not_found",
    `Image ${JSON.stringify(image)} of dataset ${dataset} cannot be shown (${message}): put the ` +
      "registered file back, or register the dataset again",
  );
}

export function shownExam(exam: Exam): z.infer<typeof examSchema> {
  return {
    index: exam.index,
    id: exam.id,
    images: Object.fromEntries(
      Object.entries<readonly string[]>(exam.images).map(([view, names]) => [view, [...names]]),
    ) as Record<View, string[]>,
    malignant: { ...exam.malignant },
    horizontal_flip: exam.horizontalFlip,
    extras: { ...exam.extras },
  };
}
