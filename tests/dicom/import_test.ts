import assert from "node:assert/strict";
import { join } from "node:path";
import { zip } from "../support/ingestion/archives.ts";
import { curlWorks, runBlocksOfKind } from "../support/curl_blocks.ts";
import { ask, type Json, sendJson } from "../support/http.ts";
import { type ServiceProcess, startServiceProcess } from "../support/service_process.ts";
import { hasDicomTools, PYTHON, runPython } from "../support/tools.ts";

/** A hospital's export, and a service that may read it. */
interface World extends AsyncDisposable {
  readonly service: ServiceProcess;
  /** Holds `dicom/`, `labels*.csv` and `facts.json`. */
  readonly hospital: string;
  /** Everything that the service has answered. */
  readonly answers: string[];
  send(method: string, path: string, body?: unknown): Promise<Json>;
}

async function makeWorld(): Promise<World> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-test-dicom-" }));
  const hospital = join(root, "CANARYBIRD, export");
  await Deno.mkdir(hospital);
  await runPython(new URL("make_hospital.py", import.meta.url), [hospital]);
  const service = await startServiceProcess({
    home: join(root, "home"),
    environment: {
      MAMMOEVAL_DATA_ROOTS: root,
      MAMMOEVAL_EXECUTOR: "process",
      MAMMOEVAL_GPUS: "none",
    },
  });
  const answers: string[] = [];
  return {
    service,
    hospital,
    answers,
    async send(method, path, body): Promise<Json> {
      const answer = await sendJson(service.url + path, method, body, { prefer: "wait=120" });
      answers.push(JSON.stringify([...answer.headers]), JSON.stringify(answer.body));
      return answer;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await service.kill();
      await Deno.remove(root, { recursive: true });
    },
  };
}

function requestOf(hospital: string, name: string, labels = "labels"): Json {
  return {
    ...{ name, dicom: join(hospital, "dicom"), labels: join(hospital, `${labels}.csv`) },
    quiet_s: 0,
  };
}

async function upload(world: World, name: string, archive: string): Promise<Json> {
  const { hospital, service } = world;
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  const path = join(folder, archive);
  await pack(hospital, path);
  const form = new FormData();
  form.set("name", name);
  form.set("window", "HARDER");
  form.set("dicom", new File([await Deno.readFile(path)], `CANARYBIRD ${archive}`));
  const labels = await Deno.readFile(join(hospital, "labels_accession.csv"));
  form.set("labels", new File([labels], "CANARYBIRD.csv"));
  await Deno.remove(folder, { recursive: true });
  const response = await ask(`${service.url}/v1/datasets`, {
    method: "POST",
    body: form,
    headers: { prefer: "wait=120" },
  });
  const body = await response.json();
  world.answers.push(JSON.stringify([...response.headers]), JSON.stringify(body));
  return { status: response.status, body };
}

async function pack(hospital: string, archive: string): Promise<void> {
  const [program, ...args] = archive.endsWith(".zip")
    ? [PYTHON, "-m", "zipfile", "-c", archive, "dicom"]
    : ["tar", "-czf", archive, "dicom"];
  const { success } = await new Deno.Command(program!, { args, cwd: hospital }).output();
  assert.ok(success);
}

/** How often each code is among faults. */
function tally(faults: readonly { code: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of faults) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

const WARNINGS = {
  dicom_burned_in_annotation: 1,
  dicom_duplicate: 1,
  dicom_for_processing: 1,
  dicom_not_dicom: 1,
  dicom_not_mammogram: 1,
  dicom_position_missing: 1,
  dicom_quality_control: 1,
  dicom_spot_or_magnification: 2,
  dicom_synthesized: 1,
  dicom_tomosynthesis: 1,
  label_without_study: 1,
  labels_column_left_out: 2,
  orientation_contradicted: 1,
  study_without_label: 1,
  view_missing: 1,
};

/** Every file below a folder whose name or content has one of some texts. */
async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await filesWith(path, texts));
    else {
      const content = new TextDecoder("latin1").decode(await Deno.readFile(path));
      if (texts.some((text) => content.includes(text) || entry.name.includes(text))) {
        found.push(path);
      }
    }
  }
  return found;
}

async function steps(t: Deno.TestContext, world: World): Promise<void> {
  const { hospital, service, send } = world;

  await t.step("a folder on the server, by StudyInstanceUID", async () => {
    const { status, body } = await send("POST", "/v1/datasets", requestOf(hospital, "first"));
    assert.equal(status, 201, JSON.stringify(body));
    const { exams, images, malignant_breasts } = body;
    assert.deepEqual({ exams, images, malignant_breasts }, {
      exams: 4,
      images: 15,
      malignant_breasts: 2,
    });
    assert.deepEqual(tally(body.warnings), WARNINGS);
    const { items } = (await send("GET", "/v1/datasets/first/exams")).body;
    assert.deepEqual(items.map((exam: Json) => exam.horizontal_flip), [false, true, false, false]);
    assert.deepEqual(items.map((exam: Json) => exam.extras.density), ["a", "b", "c", "a"]);
    assert.equal(items[2].malignant.left, 1);
  });

  await t.step(
    "the same again is the dataset that is there, anything else is refused",
    async () => {
      const request = requestOf(hospital, "first");
      assert.equal((await send("POST", "/v1/datasets", request)).status, 200);
      const labels = requestOf(hospital, "first", "labels_patient");
      for (const other of [labels, { ...request, accept: ["contrast"] }]) {
        const { status, body } = await send("POST", "/v1/datasets", other);
        assert.deepEqual([status, body.type], [409, "dataset_exists"]);
      }
      assert.equal((await upload(world, "uploaded", "a.zip")).status, 201);
      assert.equal((await upload(world, "uploaded", "a.tar.gz")).status, 200, "the same files");
      assert.equal((await send("DELETE", "/v1/datasets/uploaded")).status, 204);
    },
  );

  await t.step("by PatientID and StudyDate: the same exams under the same pseudonyms", async () => {
    const request = requestOf(hospital, "second", "labels_patient");
    assert.equal((await send("POST", "/v1/datasets", request)).status, 201);
    const [first, second] = await Promise.all(
      ["first", "second"].map(async (id) =>
        (await send("GET", `/v1/datasets/${id}/exams`)).body.items
      ),
    );
    assert.deepEqual(first, second);
  });

  await t.step("as an upload, by AccessionNumber, with another window", async () => {
    for (const archive of ["a.zip", "a.tar.gz"]) {
      const { status, body } = await upload(world, "third", archive);
      assert.equal(status, 201, JSON.stringify(body));
      assert.deepEqual(tally(body.warnings), WARNINGS);
      const names = [...Deno.readDirSync(body.images_folder)].map(({ name }) => name);
      assert.equal(names.length, 15);
      assert.equal((await send("DELETE", `/v1/datasets/${body.id}`)).status, 204);
    }
  });

  await t.step("what cannot be is refused without a name", async () => {
    const noWindow = { ...requestOf(hospital, "fourth"), window: "SUNNY" };
    const refused = await send("POST", "/v1/datasets", noWindow);
    assert.equal(refused.status, 422);
    assert.deepEqual(tally(refused.body.errors), { dicom_window_missing: 15 });
    const noKey = { ...requestOf(hospital, "fifth"), labels: join(hospital, "facts.json") };
    for (const name of ["CANARYBIRD.zip", "../CANARYBIRD", 'a"CANARYBIRD\n']) {
      const form = new FormData();
      form.set("name", "seventh");
      form.set("dicom", new File([zip([{ name, content: new Uint8Array(9) }])], "a.zip"));
      const refused = await ask(`${service.url}/v1/datasets`, { method: "POST", body: form });
      assert.equal(refused.status, 400, name);
      const told = await refused.text();
      assert.match(told, /dicom: (entry|it cannot be unpacked)/);
      world.answers.push(told);
    }
    const unread = await send("POST", "/v1/datasets", noKey);
    assert.deepEqual([unread.status, unread.body.errors[0].code], [422, "labels_unreadable"]);
  });

  await t.step("an evaluation of it is scored", async () => {
    const request = { model: "reference", experiment: "e", dataset: "first", device: "cpu" };
    const { body } = await send("POST", "/v1/evaluations", request);
    assert.equal(body.status, "succeeded", JSON.stringify(body.error));
    assert.equal((await send("GET", body.score)).body.levels.breast.count, 8);
    for (const path of [`/v1/evaluations/${body.id}/log`, `/reports/${body.score.split("/")[3]}`]) {
      world.answers.push(await (await ask(service.url + path)).text());
    }
  });

  await t.step("docs/dicom.md: curl goes from a zipped folder to a score", async () => {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
    await pack(hospital, join(folder, "export.zip"));
    await Deno.copyFile(join(hospital, "labels.csv"), join(folder, "labels.csv"));
    const said = await runBlocksOfKind("docs/dicom.md", "dicom", service.url, folder);
    assert.match(said, /"status":"ready"/);
    assert.match(said, /"auroc":\{"value":/);
    world.answers.push(said);
    await Deno.remove(folder, { recursive: true });
  });

  await t.step("docs/dicom.md: whoever has the key finds the studies again", async () => {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
    await Deno.copyFile(join(hospital, "labels.csv"), join(folder, "labels.csv"));
    await Deno.mkdir(join(folder, ".mammoeval/pseudonyms"), { recursive: true });
    const key = "pseudonyms/key";
    await Deno.copyFile(join(service.home, key), join(folder, ".mammoeval", key));
    await runBlocksOfKind("docs/dicom.md", "dicom_key", service.url, folder);
    const exams = await Deno.readTextFile(join(folder, "exams.csv"));
    await Deno.remove(folder, { recursive: true });
    const { items } = (await send("GET", "/v1/datasets/first/exams")).body;
    for (const { id } of items) assert.match(exams, new RegExp(`^${id},[0-9.]+$`, "m"));
  });

  await t.step("a data owner is told which study an exam is, and back", async () => {
    const url = `${service.url}/v1/datasets/first`;
    const { items } = (await send("GET", "/v1/datasets/first/exams")).body;
    for (const { id } of items) {
      const study = await (await fetch(`${url}/exams/${id}/study`)).json();
      assert.match(study.study_instance_uid, /^[0-9.]+$/);
      const { study_instance_uid } = study;
      const found = await sendJson(`${url}/studies`, "POST", { study_instance_uid });
      assert.deepEqual(found.body, study);
    }
    const other = await sendJson(`${url}/studies`, "POST", { study_instance_uid: "1.2.3.4" });
    assert.equal(other.status, 404);
    assert.doesNotMatch(JSON.stringify(other.body), /1\.2\.3\.4/);
    const absent = await fetch(`${url}/exams/e0123456789abcdef0123/study`);
    assert.equal(absent.status, 404);
    await absent.body?.cancel();
  });

  await t.step("a kill in the midst costs nothing", async () => {
    const answer = await sendJson(
      `${service.url}/v1/datasets`,
      "POST",
      requestOf(hospital, "sixth"),
    );
    assert.equal(answer.status, 202);
    const folder = join(service.home, "datasets/sixth");
    while (countPngs(join(folder, "images")) < 2) await new Promise((go) => setTimeout(go, 5));
    await service.kill();
    await service.start();
    let body: Json;
    do {
      await new Promise((go) => setTimeout(go, 50));
      body = (await send("GET", "/v1/datasets/sixth")).body;
    } while (body.status === "importing");
    assert.equal(body.status, "ready", JSON.stringify(body.errors));
    assert.equal(body.images, 15);
    assert.equal(countPngs(join(folder, "images")), 15);
    await service.kill(); // what an import keeps goes after it has ended, or at the next start
    await service.start();
    const rest = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const kept = ["data_list.pkl", "dataset.json", "exams.jsonl", "images", "images.jsonl"];
    assert.deepEqual(rest, [...kept, "studies.sealed"]);
  });

  await t.step("no canary in any file, log or answer", async () => {
    const { canaries } = JSON.parse(await Deno.readTextFile(join(hospital, "facts.json")));
    assert.ok(canaries.length > 0);
    const log = await service.log();
    assert.ok(log.includes("/v1/datasets"), "there is a log");
    assert.deepEqual(await filesWith(service.home, canaries), []);
    for (const text of [log, ...world.answers]) {
      for (const canary of canaries) assert.ok(!text.includes(canary), canary);
    }
    // The search finds what is there: else it would prove nothing.
    assert.ok((await filesWith(hospital, canaries)).length > 30);
  });
}

function countPngs(folder: string): number {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name }) => /^e.*\.png$/.test(name)).length;
  } catch {
    return 0;
  }
}

Deno.test({
  name: "a hospital's DICOM export becomes datasets, and nobody's name gets out",
  ignore: !hasDicomTools() || !curlWorks,
  async fn(t): Promise<void> {
    await using world = await makeWorld();
    await steps(t, world);
  },
});
