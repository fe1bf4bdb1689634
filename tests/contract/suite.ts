import assert from "node:assert/strict";
import { join } from "node:path";
import { dicomFile } from "../support/ingestion/dicom_files.ts";
import { tar } from "../support/ingestion/archives.ts";
import type { ServiceUnderTest } from "../support/embedded_service.ts";
import { pageSteps } from "./page_steps.ts";
import { ask, assertProblem, type Json, sendJson } from "../support/http.ts";

const DICOM_LABELS = "StudyInstanceUID,left_malignant,right_malignant\n1.2.3,0,0\n";
const SAMPLE = { images: "sample_data/images", data_list: "sample_data/data.pkl" };

/**
 * The HTTP contract, the same for one process and for four containers.
 *
 * @param t the test that this is a part of
 * @param service the service under test
 * @param sampleFolder folder of the project as the service sees it
 */
export async function contractSuite(
  t: Deno.TestContext,
  service: ServiceUnderTest,
  sampleFolder: string,
): Promise<void> {
  const { url } = service;
  const sample = {
    images: join(sampleFolder, SAMPLE.images),
    data_list: join(sampleFolder, SAMPLE.data_list),
  };
  let evaluation: Json;

  await t.step("health, readiness, metrics, the document and its page", async () => {
    assert.equal((await sendJson(`${url}/healthz`, "GET")).body.status, "ok");
    assert.equal((await sendJson(`${url}/readyz`, "GET")).status, 200);
    assert.match(await (await ask(`${url}/metrics`)).text(), /mammoeval_/);
    const document = (await sendJson(`${url}/openapi.json`, "GET")).body;
    assert.equal(document.openapi, "3.1.0");
    for (
      const path of ["/v1/datasets", "/v1/models", "/v1/evaluations", "/v1/scores", "/v1/doctor"]
    ) {
      assert.ok(document.paths[path], `${path} is in the document`);
    }
    const page = await (await ask(`${url}/docs`)).text();
    assert.doesNotMatch(page, /https?:\/\//, "the page needs nothing from elsewhere");
    assert.equal((await sendJson(`${url}/v1/doctor`, "GET")).status, 200);
  });

  await t.step("an unknown route and a body that is no JSON are problems", async () => {
    assertProblem(await sendJson(`${url}/v1/nothing`, "GET"), 404, "not_found");
    assertProblem(
      await sendJson(`${url}/v1/datasets`, "POST", { name: "x" }),
      400,
      "invalid_request",
    );
    assertProblem(
      await sendJson(`${url}/v1/evaluations`, "POST", { model: "reference" }),
      400,
      "invalid_request",
    );
  });

  await t.step("the reference model is listed with its parameters", async () => {
    const { items } = (await sendJson(`${url}/v1/models`, "GET")).body;
    assert.ok(items.some((model: Json) => model.name === "reference"));
    const model = (await sendJson(`${url}/v1/models/reference`, "GET")).body;
    assert.equal(model.level, "image");
    assert.deepEqual(model.devices, ["cpu"]);
    assert.ok(model.parameters.ASYMMETRY_WEIGHT.description);
    assertProblem(await sendJson(`${url}/v1/models/nobody`, "GET"), 404, "not_found");
  });

  await t.step("a dataset is registered in place", async () => {
    const prefer = { prefer: "wait=60" };
    const created = await sendJson(
      `${url}/v1/datasets`,
      "POST",
      { name: "sample", ...sample },
      prefer,
    );
    assert.equal(created.status, 201, JSON.stringify(created.body));
    assert.equal(created.headers.get("location"), "/v1/datasets/sample");
    const { status, exams, breasts, images, digest } = created.body;
    assert.deepEqual({ status, exams, breasts, images }, {
      status: "ready",
      exams: 4,
      breasts: 8,
      images: 16,
    });
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    const page = (await sendJson(`${url}/v1/datasets/sample/exams?limit=3`, "GET")).body;
    assert.equal(page.items.length, 3);
    const rest =
      (await sendJson(`${url}/v1/datasets/sample/exams?cursor=${page.next_cursor}`, "GET")).body;
    assert.equal(rest.items.length, 1);
    assert.equal(rest.next_cursor, null);
  });

  await t.step("paths outside the roots are refused, whether they exist or not", async () => {
    for (const images of ["/etc", "/no/such/folder", `${sample.images}/../../../../etc`]) {
      const answer = await sendJson(`${url}/v1/datasets`, "POST", { ...sample, name: "x", images });
      assertProblem(answer, 403, "path_not_allowed");
    }
  });

  await t.step("an evaluation runs from one POST to scores", async () => {
    const request = { model: "reference", experiment: "exp1", dataset: "sample", device: "CPU" };
    const headers = {
      prefer: "wait=300",
      "idempotency-key": "contract-1",
      "x-request-id": "contract-request",
    };
    const created = await sendJson(`${url}/v1/evaluations`, "POST", request, headers);
    assert.equal(created.status, 200, JSON.stringify(created.body));
    evaluation = created.body;
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    assert.equal(created.headers.get("location"), `/v1/evaluations/${evaluation.id}`);
    assert.equal(evaluation.provenance.dataset_digest.length, 71);
    assert.equal(evaluation.provenance.request_id, "contract-request");
    assert.equal(created.headers.get("x-request-id"), "contract-request");
    assert.match(evaluation.provenance.predictions_sha256, /^[0-9a-f]{64}$/);

    const again = await sendJson(`${url}/v1/evaluations`, "POST", request, headers);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.equal(again.body.id, evaluation.id);
    const other = await sendJson(`${url}/v1/evaluations`, "POST", {
      ...request,
      experiment: "exp2",
    }, headers);
    assertProblem(other, 422, "idempotency_key_reused");
  });

  await t.step(
    "subgroups are chosen with the evaluation, unknown keys refused at once",
    async () => {
      const request = { model: "reference", experiment: "groups", dataset: "sample" };
      const post = (subgroups: Json): ReturnType<typeof sendJson> =>
        sendJson(
          `${url}/v1/evaluations`,
          "POST",
          { ...request, bootstrap: false, subgroups, priority: 5 },
          { prefer: "wait=300", "idempotency-key": "contract-groups" },
        );
      const refused = await post(["density", "densty"]);
      assertProblem(refused, 400, "invalid_request");
      assert.match(
        refused.body.detail,
        /no key "densty": the exams have .*density, age_band, vendor$/,
      );
      assert.equal(refused.body.errors[0].field, "densty");
      const chosen = [{ key: "age_band", negatives: "all" }];
      const { status, body } = await post(chosen);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body.request.subgroups, [{ ...chosen[0], bins: null }]);
      const log = await (await ask(`${url}/v1/evaluations/${body.id}/log`)).text();
      assert.match(log, /warning: priority is ignored/);
      assertProblem(await post(["vendor"]), 422, "idempotency_key_reused");
      const report = (await sendJson(url + body.score, "GET")).body;
      assert.deepEqual(report.subgroups.map((one: Json) => [one.key, one.negatives]), [
        ["age_band", "all"],
      ]);
      assert.equal((await sendJson(`${url}/v1/evaluations/${body.id}`, "DELETE")).status, 204);
    },
  );

  await t.step("an evaluation can be followed", async () => {
    // Only these stream; `ask` holds that every stream is sent with X-Accel-Buffering.
    const { paths } = (await sendJson(`${url}/openapi.json`, "GET")).body;
    assert.deepEqual(Object.keys(paths).filter((path) => streams(paths[path].get)).sort(), [
      "/v1/evaluations/{id}/events",
      "/v1/evaluations/{id}/log",
    ]);
    const self = `${url}/v1/evaluations/${evaluation.id}`;
    const first = await sendJson(self, "GET");
    const etag = first.headers.get("etag")!;
    assert.equal((await sendJson(self, "GET", undefined, { "if-none-match": etag })).status, 304);
    const events = await (await ask(`${self}/events`)).text();
    const states = [...events.matchAll(/"status":"(\w+)"/g)].map((match) => match[1]);
    const order = ["queued", "building", "running", "scoring", "succeeded"];
    assert.deepEqual([...new Set(states)], order);
    const ids = [...events.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    const later =
      await (await ask(`${self}/events`, { headers: { "last-event-id": String(ids.at(-2)) } }))
        .text();
    assert.equal([...later.matchAll(/^id: /gm)].length, 1, "events resume after Last-Event-ID");
    const over = await ask(`${self}/events`, { headers: { "last-event-id": String(ids.at(-1)) } });
    assert.deepEqual([over.status, await over.text()], [204, ""], "an EventSource stops");
    assert.match(await (await ask(`${self}/log?follow=true`)).text(), /scored/);
    const csv = await (await ask(`${self}/predictions.csv`)).text();
    assert.equal(csv.trim().split("\n").length, 17);
    const cancelled = await sendJson(`${self}/cancel`, "POST");
    assert.equal(cancelled.body.status, "succeeded", "what has ended stays as it is");
    const listed = await sendJson(
      `${url}/v1/evaluations?model=reference&dataset=sample&status=succeeded`,
      "GET",
    );
    assert.equal(listed.body.items[0].id, evaluation.id);
    assertProblem(await sendJson(`${url}/v1/evaluations/nothing`, "GET"), 404, "not_found");
  });

  await t.step("its score has both levels, intervals and plots", async () => {
    const score = (await sendJson(url + evaluation.score, "GET")).body;
    assert.equal(score.evaluation, evaluation.id);
    const { breast, image } = score.levels;
    assert.deepEqual([breast.count, breast.positives, image.count, image.positives], [8, 3, 16, 6]);
    for (const level of [breast, image]) {
      for (const area of [level.auroc, level.auprc, level.average_precision]) {
        assert.ok(area.value >= 0 && area.value <= 1);
        // Four exams, of which two hold a cancer, are too few for an interval.
        assert.deepEqual([area.ci, area.ci_by_exam], [null, null]);
        assert.match(area.undefined, /2 exams with cancer and 2 without/);
      }
      assert.deepEqual([level.bootstrap.used, level.bootstrap.discarded], [0, 0]);
      const png = new Uint8Array(await (await ask(url + level.plots.roc)).arrayBuffer());
      assert.deepEqual([...png.subarray(1, 4)], [0x50, 0x4e, 0x47]);
      assert.match(await (await ask(url + level.plots.pr_svg)).text(), /<svg[\s\S]*AUPRC/);
      assert.match(await (await ask(url + level.plots.curves)).text(), /^curve,threshold,x,y/);
    }
  });

  await t.step(
    "a person reads the start page and the report, and keeps it as one file",
    async () => {
      const { id } = (await sendJson(url + evaluation.score, "GET")).body;
      const read = async (path: string): Promise<string> => {
        const response = await ask(url + path, { headers: { accept: "text/html" } });
        assert.equal(response.status, 200, path);
        assert.match(response.headers.get("content-type")!, /^text\/html/);
        const policy = response.headers.get("content-security-policy");
        assert.match(policy ?? "", /^default-src 'none'; style-src 'sha256-/);
        return await response.text();
      };
      assert.match(await read("/"), new RegExp(`href="/reports/${id}"`));
      assert.match(await read(`/reports/${id}`), /<h1>reference on sample<\/h1>/);
      assert.doesNotMatch(await read(`/v1/scores/${id}/report.html`), /href="\//);
      assert.match(await read("/leaderboards/sample"), new RegExp(`href="/reports/${id}"`));
      const missing = await ask(`${url}/reports/nothing`, { headers: { accept: "text/html" } });
      assert.equal(missing.status, 404);
      assert.match(await missing.text(), /<h1>/);
      assertProblem(await sendJson(`${url}/reports/nothing`, "GET"), 404, "not_found");
    },
  );

  await t.step("requests that cannot be are refused before anything runs", async () => {
    const request = { model: "reference", experiment: "exp1", dataset: "sample", device: "cpu" };
    const post = (change: Json): ReturnType<typeof sendJson> =>
      sendJson(`${url}/v1/evaluations`, "POST", { ...request, ...change });
    assertProblem(await post({ model: "nobody" }), 404, "not_found");
    assertProblem(await post({ dataset: "nothing" }), 404, "not_found");
    assertProblem(await post({ device: "gpu" }), 422, "device_unsupported");
    assertProblem(await post({ experiment: "../up" }), 400, "invalid_request");
    const unknown = await post({ parameters: { WEIGHT: 1 } });
    assertProblem(unknown, 422, "invalid_parameters");
    assert.match(unknown.body.detail, /ASYMMETRY_WEIGHT/, "the known ones are named");
  });

  await t.step("predictions made elsewhere are scored, and faults in them are named", async () => {
    const csv = await (await ask(`${url}/v1/evaluations/${evaluation.id}/predictions.csv`))
      .text();
    const list = await Deno.readFile(new URL("../../sample_data/data.csv", import.meta.url));
    const send = async (
      predictions: string,
    ): Promise<{ status: number; headers: Headers; body: Json }> => {
      const form = new FormData();
      form.set("data_list", new File([list], "data.csv"));
      form.set("predictions", new File([predictions], "predictions.csv"));
      form.set("bootstrap", JSON.stringify({ replicates: 500, seed: 7 }));
      const response = await ask(`${url}/v1/scores`, { method: "POST", body: form });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    const scored = await send(csv);
    assert.equal(scored.status, 201, JSON.stringify(scored.body));
    const own = (await sendJson(url + evaluation.score, "GET")).body;
    assert.equal(scored.body.levels.breast.auroc.value, own.levels.breast.auroc.value);
    assert.equal(scored.body.levels.breast.bootstrap.seed, 7);
    const withoutLast = csv.trim().split("\n").slice(0, -1).join("\n");
    const refused = await send(withoutLast);
    assertProblem(refused, 422, "invalid_predictions");
    assert.equal(refused.body.errors[0].image, "3_R_MLO");
  });

  await t.step("scores are compared, combined, ranked and divided", async () => {
    const { items } = (await sendJson(`${url}/v1/scores`, "GET")).body;
    const scores = items.slice(0, 2).map(({ id }: Json) => id);
    assert.ok(scores.includes(evaluation.id), "the evaluation's score is among them");
    const bootstrap = { replicates: 400 };
    const body = { scores, bootstrap, margin: 0.1 };
    const compared = await sendJson(`${url}/v1/comparisons`, "POST", body);
    assert.equal(compared.status, 200, JSON.stringify(compared.body));
    assert.equal(compared.body.pairs[0].auroc.difference.value, 0, "the same predictions twice");
    const combined = await sendJson(`${url}/v1/ensembles`, "POST", { scores, bootstrap });
    assert.equal(combined.status, 201, JSON.stringify(combined.body));
    assert.equal((await sendJson(url + combined.headers.get("location"), "GET")).status, 200);
    const board = (await sendJson(`${url}/v1/leaderboards/sample`, "GET")).body;
    assert.equal(board.entries[0].score, evaluation.id);
    assert.match(await (await ask(`${url}/v1/leaderboards/sample.csv`)).text(), /^level,rank/);
    const form = new FormData();
    form.set("subgroups", '["density"]');
    const divided = await ask(url + evaluation.score + "/subgroups", {
      method: "POST",
      body: form,
    });
    assert.equal((await divided.json()).subgroups[0].key, "density");
    const nothing = await sendJson(`${url}/v1/leaderboards/nothing`, "GET");
    assertProblem(nothing, 404, "not_found");
  });

  await t.step("a reader study is scored once, from a table", async () => {
    const file = new URL("../golden/reader_study/study_pandas2_5.pkl", import.meta.url);
    const send = async (): Promise<Response> => {
      const form = new FormData();
      form.set("results", new File([await Deno.readFile(file)], "study.pkl"));
      form.set("bootstrap", '{"replicates":400}');
      return await ask(`${url}/v1/reader-studies`, { method: "POST", body: form });
    };
    const response = await send();
    const study = await response.json();
    assert.equal(response.status, 201, JSON.stringify(study));
    assert.deepEqual([study.rows, study.readers.length, study.models.length], [120, 3, 2]);
    const again = await send();
    assert.deepEqual([again.status, (await again.json()).id], [200, study.id]);
    const png = new Uint8Array(await (await ask(url + study.plots.roc)).arrayBuffer());
    assert.deepEqual([...png.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  });

  await pageSteps(t, url);

  await t.step("a batch is queued whole or not at all", async () => {
    const common = { experiment: "batch", datasets: ["sample"], bootstrap: false };
    const headers = { "idempotency-key": "contract-batch" };
    const post = (body: Json): ReturnType<typeof sendJson> =>
      sendJson(`${url}/v1/evaluations/batch`, "POST", body, headers);
    const refused = await post({ ...common, models: ["reference", "nobody"] });
    assertProblem(refused, 404, "not_found");
    assert.match(refused.body.detail, /^nobody on sample: /);
    const none = (await sendJson(`${url}/v1/evaluations?dataset=sample&limit=500`, "GET")).body;
    assert.ok(none.items.every((item: Json) => item.experiment !== "batch"));
    const queued = await post({ ...common, models: ["reference"] });
    assert.equal(queued.status, 202, JSON.stringify(queued.body));
    const [first] = queued.body.items;
    const again = await post({ ...common, models: ["reference"] });
    assert.deepEqual([again.body.items[0].id, again.headers.get("idempotent-replayed")], [
      first.id,
      "true",
    ]);
    const self = `${url}/v1/evaluations/${first.id}`;
    assertProblem(await sendJson(self, "DELETE"), 409, "not_finished");
    const ended = await sendJson(self, "GET", undefined, { prefer: "wait=300" });
    assert.equal(ended.body.status, "succeeded", JSON.stringify(ended.body.error));
    assert.equal((await sendJson(self, "DELETE")).status, 204);
    assertProblem(await sendJson(self, "GET"), 404, "not_found");
    assertProblem(await sendJson(url + ended.body.score, "GET"), 404, "not_found");
  });

  await t.step("limits over the site's and webhooks to strangers are refused", async () => {
    const request = { model: "reference", experiment: "exp1", dataset: "sample" };
    const post = (change: Json): ReturnType<typeof sendJson> =>
      sendJson(`${url}/v1/evaluations`, "POST", { ...request, ...change });
    const memory = await post({ limits: { memory: "900t" } });
    assertProblem(memory, 400, "invalid_request");
    assert.match(memory.body.detail, /MAMMOEVAL_MEMORY/);
    assertProblem(await post({ webhook: { url: "http://127.0.0.1:1/x" } }), 400, "invalid_request");
  });

  await t.step("DICOM is converted by whatever runs ingestion", async () => {
    const side = 256;
    const texts = { ImageLaterality: "L", ViewPosition: "CC" };
    const image = dicomFile({ rows: side, columns: side, texts });
    const form = new FormData();
    form.set("name", "dicom");
    form.set("dicom", new File([tar([{ name: "a/IM1", content: image }])], "a.tar"));
    form.set("labels", new File([DICOM_LABELS], "labels.csv"));
    const response = await ask(`${url}/v1/datasets`, {
      method: "POST",
      body: form,
      headers: { prefer: "wait=60" },
    });
    const dataset = await response.json();
    assert.equal(response.status, 201, JSON.stringify(dataset));
    assert.deepEqual([dataset.exams, dataset.images], [1, 1]);
    assert.equal((await sendJson(`${url}/v1/datasets/dicom`, "DELETE")).status, 204);
  });

  await t.step("a dataset can be uploaded, and deleted", async () => {
    const form = new FormData();
    form.set("name", "uploaded");
    const folder = new URL("../../sample_data/", import.meta.url);
    form.set(
      "data_list",
      new File([await Deno.readFile(new URL("data.json", folder))], "data.json"),
    );
    for await (const { name } of Deno.readDir(new URL("images", folder))) {
      form.append(
        "images",
        new File([await Deno.readFile(new URL(`images/${name}`, folder))], name),
      );
    }
    const response = await ask(`${url}/v1/datasets`, {
      method: "POST",
      body: form,
      headers: { prefer: "wait=60" },
    });
    const dataset = await response.json();
    assert.equal(response.status, 201, JSON.stringify(dataset));
    assert.equal(dataset.images, 16);
    assert.equal((await sendJson(`${url}/v1/datasets/${dataset.id}`, "DELETE")).status, 204);
    assertProblem(await sendJson(`${url}/v1/datasets/${dataset.id}`, "GET"), 404, "not_found");
  });
}

/** Whether an operation of the API's document answers with events, or may go on as `follow` says. */
function streams(operation: Json): boolean {
  const follows = operation?.parameters?.some(({ name }: Json) => name === "follow") ?? false;
  return follows || operation?.responses[200]?.content?.["text/event-stream"] !== undefined;
}
