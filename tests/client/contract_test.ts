import { z } from "@hono/zod-openapi";
import assert from "node:assert/strict";
import { join } from "node:path";
import { connect, ProblemError, type Site } from "../../client/mod.ts";
import { dicomFile } from "../support/ingestion/dicom_files.ts";
import { tar } from "../support/ingestion/archives.ts";
import { comparisonSchema } from "../../shared/contracts/comparisons.ts";
import { datasetSchema, examSchema, lookedAtExam } from "../../shared/contracts/datasets.ts";
import { doctorSchema, readinessSchema } from "../../shared/contracts/doctor.ts";
import {
  evaluationSchema,
  outputListSchema,
  progressEventSchema,
  statusEventSchema,
} from "../../shared/contracts/evaluations.ts";
import { examScoreSchema } from "../../shared/contracts/exam_scores.ts";
import { leaderboardSchema } from "../../shared/contracts/leaderboards.ts";
import {
  imageListSchema,
  modelBuildSchema,
  modelCheckSchema,
  modelListSchema,
  modelSchema,
} from "../../shared/contracts/models.ts";
import { releaseSchema } from "../../shared/contracts/releases.ts";
import { readerStudySchema } from "../../shared/contracts/reader_studies.ts";
import { regroupedSchema, scoreReportSchema } from "../../shared/contracts/scores.ts";
import { pairedSchema } from "../../shared/contracts/paired_decisions.ts";
import { analysisSchema } from "../../shared/contracts/score_analyses.ts";
import { simulationSchema } from "../../shared/contracts/screening.ts";
import { usageSchema } from "../../shared/contracts/usage.ts";
import { deliverySchema } from "../../shared/contracts/webhooks.ts";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { recordFetch } from "./recorded_fetch.ts";

/** What operators and tools ask; everything else of the document but pages for people must have its method. */
const NOT_OF_THE_CLIENT = ["GET /healthz", "GET /metrics", "GET /openapi.json"];

interface Operation {
  readonly tags: readonly string[];
}

const ORDER = { model: "reference", dataset: "sample", experiment: "exp1" } as const;

/** A file of the API's examples. */
async function exampleFile(name: string): Promise<File> {
  const path = new URL(`../../examples/screening/${name}`, import.meta.url);
  return new File([await Deno.readFile(path)], name);
}

/** An answer that has everything that its contract says, and nothing else. */
function told<T>(schema: z.ZodType<T>, answer: NoInfer<T>): NoInfer<T> {
  assert.deepEqual(schema.parse(answer), answer);
  return answer;
}

async function fileOf(path: string): Promise<File> {
  return new File([await Deno.readFile(join(PROJECT, path))], path.split("/").at(-1)!);
}

async function first<T>(items: AsyncGenerator<T>): Promise<T> {
  for await (const item of items) return item;
  assert.fail("the list is empty");
}

async function problemOf(call: Promise<unknown>): Promise<ProblemError> {
  const error = await call.then(() => null, (thrown) => thrown);
  assert.ok(error instanceof ProblemError, String(error));
  return error;
}

async function datasets(site: Site): Promise<void> {
  const sample = {
    name: "sample",
    images: join(PROJECT, "sample_data/images"),
    data_list: join(PROJECT, "sample_data/data.pkl"),
  };
  const dataset = told(
    datasetSchema,
    await site.datasets.register(sample, { waitSeconds: 60 }),
  );
  assert.deepEqual([dataset.id, dataset.status, dataset.exams], ["sample", "ready", 4]);
  told(datasetSchema, await site.datasets.get("sample"));
  told(datasetSchema, await first(site.datasets.list()));
  const exams = await Array.fromAsync(site.datasets.exams("sample", { limit: 3 }));
  assert.deepEqual(exams.map(({ index }) => index), [0, 1, 2, 3], "over two pages");
  for (const exam of exams) told(examSchema, exam);
  const exam = told(lookedAtExam, await site.datasets.exam("sample", exams[1]!.id));
  assert.deepEqual([exam.previous, exam.next], [exams[0]!.id, exams[2]!.id]);
  // These data did not come from DICOM: tests/dicom/import_test.ts finds studies.
  assert.equal((await problemOf(site.datasets.study("sample", exam.id))).type, "not_found");
  assert.equal((await problemOf(site.datasets.examOfStudy("sample", "1.2.3"))).type, "not_found");
  const image = exam.images["L-CC"]![0]!;
  const raw = await site.datasets.image("sample", image, { format: "raw16", width: 64 });
  const height = Number(raw.headers.get("x-image-height"));
  assert.equal((await raw.bytes()).length, 2 * 64 * height);

  const images: File[] = [];
  for await (const { name } of Deno.readDir(join(PROJECT, "sample_data/images"))) {
    images.push(await fileOf(`sample_data/images/${name}`));
  }
  const upload = { name: "uploaded", data_list: await fileOf("sample_data/data.json"), images };
  const begun = await site.datasets.upload({ ...upload, check: "header" });
  const uploaded = told(datasetSchema, await site.datasets.waitForImport(begun.id));
  assert.deepEqual([uploaded.status, uploaded.images, uploaded.check], ["ready", 16, "header"]);
  await site.datasets.delete(uploaded.id);
  const gone = await problemOf(site.datasets.get(uploaded.id));
  assert.deepEqual([gone.type, gone.status], ["not_found", 404]);
  assert.match(gone.message, /uploaded/);
  assert.ok(gone.requestId.length > 0 && gone.title.length > 0);

  const texts = { ImageLaterality: "L", ViewPosition: "CC" };
  const content = dicomFile({ rows: 256, columns: 256, texts });
  const dicom = await site.datasets.upload({
    name: "dicom",
    dicom: new File([tar([{ name: "a/IM1", content }])], "a.tar"),
    labels: new File(["StudyInstanceUID,left_malignant,right_malignant\n1.2.3,0,0\n"], "l.csv"),
  }, { waitSeconds: 60 });
  assert.equal(dicom.exams, 1);

  const list = [{ "L-CC": ["none"], cancer_label: { left_malignant: 0, right_malignant: 0 } }];
  const faulty = { ...upload, data_list: new File([JSON.stringify(list)], "data.json") };
  const rejected = await problemOf(site.datasets.upload(faulty, { waitSeconds: 60 }));
  assert.equal(rejected.type, "invalid_data_list");
  assert.ok(rejected.errors.length > 0 && rejected.errorsTotal >= rejected.errors.length);
}

async function models(site: Site): Promise<void> {
  const { items } = told(modelListSchema, await site.models.list());
  assert.ok(items.some(({ name }) => name === "reference"));
  told(modelSchema, await site.models.get("reference"));
  told(modelBuildSchema, await site.models.build("reference", { waitSeconds: 60 }));
  assert.equal(told(modelBuildSchema, await site.models.latestBuild("reference")).status, "passed");
  const request = { dataset: "sample" };
  told(modelCheckSchema, await site.models.check("reference", request, { waitSeconds: 300 }));
  assert.equal(told(modelCheckSchema, await site.models.latestCheck("reference")).status, "passed");
  told(imageListSchema, await site.models.images());
  told(imageListSchema, await site.models.pruneImages());
}

async function evaluations(site: Site, receiver: string): Promise<string> {
  const idempotencyKey = "contract";
  const order = {
    ...ORDER,
    webhook: { url: receiver, events: ["succeeded"] },
  } satisfies Parameters<
    Site["evaluations"]["submit"]
  >[0];
  const { id } = told(
    evaluationSchema,
    await site.evaluations.submit(order, { idempotencyKey }),
  );
  assert.equal((await site.evaluations.submit(order, { idempotencyKey })).id, id);
  const other = site.evaluations.submit({ ...order, experiment: "exp2" }, { idempotencyKey });
  assert.equal((await problemOf(other)).type, "idempotency_key_reused");
  const statuses: string[] = [];
  for await (const { type, data } of site.evaluations.events(id)) {
    if (type === "progress") told(progressEventSchema, data);
    else statuses.push(told(statusEventSchema, data).status);
  }
  assert.deepEqual(statuses, ["queued", "building", "running", "scoring", "succeeded"]);
  const evaluation = told(evaluationSchema, await site.evaluations.waitForEnd(id));
  assert.equal(evaluation.status, "succeeded");
  told(evaluationSchema, await site.evaluations.get(id));
  const listed = site.evaluations.list({ model: "reference", status: "succeeded", limit: 1 });
  told(evaluationSchema, await first(listed));
  const named = await site.evaluations.annotate(id, { name: "Baseline", notes: null });
  assert.equal(told(evaluationSchema, named).name, "Baseline");
  assert.equal(told(evaluationSchema, await site.evaluations.cancel(id)).status, "succeeded");

  const lines = await Array.fromAsync(site.evaluations.followLog(id));
  const log = await site.evaluations.log(id);
  assert.equal(lines.join("\n") + "\n", log);
  assert.equal(await site.evaluations.log(id, { tailBytes: 10 }), log.slice(-10));
  assert.match(await (await site.evaluations.predictions(id)).text(), /^image_index/);
  assert.deepEqual(told(outputListSchema, await site.evaluations.outputs(id)).items, []);
  await assert.rejects(() => site.evaluations.output(id, "none.png"), /has no file/);

  const delivery = told(deliverySchema, await first(site.evaluations.webhooks(id)));
  assert.equal(delivery.event, "evaluation.succeeded");
  told(deliverySchema, await site.evaluations.redeliver(id, delivery.id));

  const batch = { experiment: "batch", models: ["reference"], datasets: ["sample"] };
  const [queued] = await site.evaluations.submitBatch({ ...batch, bootstrap: false });
  told(evaluationSchema, queued!);
  await site.evaluations.waitForEnd(queued!.id);
  await site.evaluations.delete(queued!.id);
  return id;
}

async function scores(site: Site, evaluation: string): Promise<void> {
  const report = told(scoreReportSchema, await site.scores.get(evaluation));
  const predictions = new File(
    [await (await site.evaluations.predictions(evaluation)).bytes()],
    "predictions.csv",
  );
  const made = told(
    scoreReportSchema,
    await site.scores.create({
      data_list: await fileOf("sample_data/data.pkl"),
      predictions,
      model: "elsewhere",
      bootstrap: { replicates: 400, seed: 3 },
      operating_points: [{ specificity: 0.9 }],
      prevalence: 0.006,
      subgroups: false,
    }),
  );
  assert.deepEqual(made.levels.breast.auroc.value, report.levels.breast.auroc.value);
  assert.equal(made.levels.breast.bootstrap?.replicates, 400);
  const onDataset = { dataset: "sample", predictions, model: "again", bootstrap: false };
  const again = await site.scores.create(onDataset);
  const listed = await Array.fromAsync(site.scores.list({ limit: 1 }));
  assert.deepEqual(new Set(listed.map(({ id }) => id)).size, listed.length, "no score comes twice");
  assert.ok(listed.length >= 3);
  const png = await (await site.scores.file(report.id, "breast", "roc.png")).bytes();
  assert.deepEqual([...png.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  const samples = await (await site.scores.file(report.id, "breast", "samples.csv")).text();
  assert.equal(samples.trim().split("\n").length, 9);
  told(examScoreSchema, await site.scores.exam(report.id, "phantom_1"));
  assert.match(await (await site.scores.page(report.id)).text(), /AUROC/);
  assert.match(await (await site.scores.table(report.id)).text(), /<td>AUROC<\/td>/);
  const request = { subgroups: [{ key: "density" }], bootstrap: false };
  const divided = told(regroupedSchema, await site.scores.divide(report.id, request));
  assert.equal(divided.subgroups[0]?.key, "density");
  const named = told(scoreReportSchema, await site.scores.annotate(report.id, { name: "first" }));
  assert.equal(named.name, "first");
  const anew = told(scoreReportSchema, await site.scores.rescore(report.id, request));
  assert.equal(anew.provenance["rescored_from"], report.id);

  const ids = [report.id, again.id];
  told(comparisonSchema, await site.compare({ scores: ids, bootstrap: { replicates: 400 } }));
  const read = await site.scores.create({
    data_list: await exampleFile("screening.csv"),
    predictions: await exampleFile("screening_predictions.csv"),
    bootstrap: false,
  });
  const pathways = [{ kind: "triage", threshold: 0.3 }] as const;
  told(simulationSchema, await site.simulate({ score: read.id, pathways: [...pathways] }));
  told(analysisSchema, await site.analyse({ score: read.id, net_benefit: { thresholds: [0.3] } }));
  const comparisons = [{ first: { threshold: 0.3 }, second: { consensus: true } }] as const;
  const decisions = await site.compareDecisions({ score: read.id, comparisons: [...comparisons] });
  told(pairedSchema, decisions);
  const combined = await site.combine({ scores: ids, method: "rank_mean", bootstrap: false });
  told(scoreReportSchema, combined);
  assert.equal((await first(site.leaderboards.list())).dataset, "sample");
  told(leaderboardSchema, await site.leaderboards.get("sample"));
  assert.match(await site.leaderboards.predictionsCsv("sample"), /^exam_id,breast,malignant,/);
  assert.match(await site.leaderboards.scoresCsv("sample"), /^score,|,auroc,/m);
  assert.match(await site.leaderboards.csv("sample"), /^rank|^model|auroc/m);
  const released = await site.scores.release(combined.id, { as: "coarse" });
  assert.equal(told(releaseSchema, released).released, "coarse");
  await site.scores.withdraw(combined.id);
  assert.equal((await site.scores.released(combined.id)).released, "withheld");
  await site.scores.delete(combined.id);
}

async function readerStudies(site: Site): Promise<void> {
  const results = await fileOf("tests/golden/reader_study/study_pandas2_5.pkl");
  const upload = { results, name: "three readers", bootstrap: { replicates: 400 } };
  const study = told(readerStudySchema, await site.readerStudies.create(upload));
  assert.equal(study.name, "three readers");
  told(readerStudySchema, await site.readerStudies.get(study.id));
  told(readerStudySchema, await first(site.readerStudies.list()));
  assert.match(await (await site.readerStudies.plot(study.id, "roc.svg")).text(), /<svg/);
  await site.readerStudies.delete(study.id);
}

Deno.test("the client reaches every operation, and contracts, document and answers are one", async (t) => {
  const receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status: 204 }),
  );
  const host = `127.0.0.1:${receiver.addr.port}`;
  await using service = await startEmbedded({
    MAMMOEVAL_WEBHOOK_SECRET: `whsec_${btoa("a secret of at least 24 bytes")}`,
    MAMMOEVAL_WEBHOOK_HOSTS: host,
  });
  const document = await (await fetch(`${service.url}/openapi.json`)).json();
  const { fetch: recorded, asked, faults } = recordFetch(document);
  const site = connect({ url: service.url, fetch: recorded });
  let evaluation = "";
  await t.step("datasets", () => datasets(site));
  await t.step("models", () => models(site));
  await t.step("evaluations", async () => {
    evaluation = await evaluations(site, `http://${host}/told`);
  });
  await t.step("scores, comparisons, leaderboards", () => scores(site, evaluation));
  await t.step("reader studies", () => readerStudies(site));
  await t.step("operation", async () => {
    assert.ok(told(usageSchema, await site.usage({ model: "reference" })).items.length > 0);
    told(doctorSchema, await site.doctor());
    assert.equal(told(readinessSchema, await site.readiness()).status, "ready");
  });
  await t.step("nothing of the document was left out, nothing besides was asked for", () => {
    const paths = Object.entries<Record<string, Operation>>(document.paths);
    const operations = paths.flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, { tags }]) => !tags.includes("pages"))
        .map(([method]) => `${method.toUpperCase()} ${path}`)
    );
    const others = operations.filter((name) => !asked.has(name));
    assert.deepEqual(others.toSorted(), NOT_OF_THE_CLIENT);
    assert.deepEqual(faults, []);
  });
  await receiver.shutdown();
});
