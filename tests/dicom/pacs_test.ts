import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbedded } from "../support/embedded_service.ts";
import { assertProblem, type Json, sendJson } from "../support/http.ts";
import { hasOrthanc, startOrthanc } from "../support/orthanc.ts";
import { hasDicomTools, runPython, works } from "../support/tools.ts";

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesIn(path);
    else yield path;
  }
}

async function makeHospital(): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-test-pacs-" }));
  await runPython(new URL("make_hospital.py", import.meta.url), [folder]);
  return folder;
}

/** What tells exams apart whatever way they came: names of images carry a file's time of change. */
async function examsOf(url: string, id: string): Promise<Json[]> {
  const { items } = (await sendJson(`${url}/v1/datasets/${id}/exams`, "GET")).body;
  return items.map((exam: Json) => ({
    ...exam,
    images: Object.entries<string[]>(exam.images).map(([view, names]) => [view, names.length]),
  }));
}

Deno.test({
  name: "a dataset comes out of a real PACS as it comes out of its folder",
  ignore: !hasDicomTools() || !hasOrthanc(),
  async fn(t): Promise<void> {
    const hospital = await makeHospital();
    await Deno.mkdir(join(hospital, "pacs"));
    await using pacs = await startOrthanc(join(hospital, "pacs"));
    let stored = 0;
    for await (const path of filesIn(join(hospital, "dicom"))) {
      if (await pacs.store(await Deno.readFile(path))) stored += 1;
    }
    assert.ok(stored > 20);
    await using service = await startEmbedded({
      MAMMOEVAL_DATA_ROOTS: hospital,
      MAMMOEVAL_DICOMWEB: `${pacs.url}/`,
    });
    const labels = join(hospital, "labels.csv");
    const post = (name: string, source: Json): ReturnType<typeof sendJson> =>
      sendJson(`${service.url}/v1/datasets`, "POST", { name, labels, ...source }, {
        prefer: "wait=120",
      });

    await t.step("all studies that have a label", async () => {
      const query = { StudyDate: "19870101-19871231" };
      const fetched = await post("fetched", { dicomweb: { url: pacs.url, query } });
      assert.equal(fetched.status, 201, JSON.stringify(fetched.body));
      const local = await post("local", { dicom: join(hospital, "dicom"), quiet_s: 0 });
      assert.equal(local.status, 201, JSON.stringify(local.body));
      assert.deepEqual(await examsOf(service.url, "fetched"), await examsOf(service.url, "local"));
      assert.equal(fetched.body.images, 15);
    });

    await t.step("the query decides which", async () => {
      const query = { PatientID: "CANARYBIRD-P3" };
      const { status, body } = await post("third", { dicomweb: { url: pacs.url, query } });
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal(body.exams, 1);
    });

    await t.step("nothing of it stays but pseudonyms", async () => {
      const { canaries } = JSON.parse(await Deno.readTextFile(join(hospital, "facts.json")));
      for await (const path of filesIn(service.home!)) {
        const content = path + new TextDecoder("latin1").decode(await Deno.readFile(path));
        const found = canaries.filter((canary: string) => content.includes(canary));
        assert.deepEqual(found, [], path);
      }
    });
    await Deno.remove(hospital, { recursive: true });
  },
});

Deno.test({
  name: "only services that the operator names are asked, and they lead nowhere else",
  ignore: !hasDicomTools(),
  async fn(t): Promise<void> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-test-pacs-" }));
    const labels = join(folder, "labels.csv");
    await Deno.writeTextFile(labels, "StudyInstanceUID,left_malignant,right_malignant\n1.2,0,0\n");
    const asked: string[] = [];
    const elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      asked.push("elsewhere");
      return new Response("[]");
    });
    const answers: Record<string, () => Response> = {
      "/redirects": () => Response.redirect(`http://127.0.0.1:${elsewhere.addr.port}/`, 302),
      "/fails": () => new Response("no", { status: 500 }),
      "/talks": () => new Response("<html>"),
      "/lies": () => Response.json([{ "0020000D": { Value: ["../../etc"] } }]),
      "/empty": () => new Response(null, { status: 204 }),
    };
    const pacs = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const [path] = /^\/\w+/.exec(new URL(request.url).pathname) ?? [""];
      asked.push(path!);
      return answers[path!]!();
    });
    const base = `http://127.0.0.1:${pacs.addr.port}`;
    await using service = await startEmbedded({
      MAMMOEVAL_DATA_ROOTS: folder,
      MAMMOEVAL_DICOMWEB: Object.keys(answers).map((path) => base + path).join(","),
    });
    const post = (url: string, query: Json = {}): ReturnType<typeof sendJson> =>
      sendJson(`${service.url}/v1/datasets`, "POST", {
        name: "d",
        labels,
        dicomweb: { url, query },
      }, { prefer: "wait=60" });

    await t.step("others are refused before anything is asked", async () => {
      const urls = [
        `http://127.0.0.1:${elsewhere.addr.port}`,
        `${base}/other`,
        `${base}/fails/../other`,
        base.replace("http://", "http://a@"),
        "file:///etc/passwd",
      ];
      for (const url of urls) assertProblem(await post(url), 403, "path_not_allowed");
      assertProblem(await post(`${base}/empty`, { "../x": "1" }), 400, "invalid_request");
      assert.deepEqual(asked, []);
    });

    await t.step("what answers wrongly rejects the dataset", async () => {
      for (const path of ["/redirects", "/fails", "/talks"]) {
        const { status, body } = await post(base + path);
        assert.deepEqual([status, body.errors[0].code], [422, "pacs_failed"], path);
      }
      const lies = await post(`${base}/lies`);
      assert.equal(lies.status, 422);
      assert.ok(lies.body.errors.some(({ code }: Json) => code === "pacs_uid_invalid"));
      const { status, body } = await post(`${base}/empty`);
      assert.equal(status, 422);
      assert.ok(body.errors.some(({ code }: Json) => code === "data_list_empty"));
      assert.ok(!asked.includes("elsewhere"), "no redirect is followed");
    });
    await pacs.shutdown();
    await elsewhere.shutdown();
    await Deno.remove(folder, { recursive: true });
  },
});

/** A certificate for 127.0.0.1 and its key, in PEM, made for one run. */
async function makeCertificate(folder: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-days", "2", "-subj", "/CN=pacs", "-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", cert],
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return { cert: await Deno.readTextFile(cert), key: await Deno.readTextFile(key) };
}

Deno.test({
  name: "a real PACS with a login behind a TLS proxy is asked as the file of logins says",
  ignore: !hasDicomTools() || !hasOrthanc() || !works("openssl", ["version"]),
  async fn(): Promise<void> {
    const hospital = await makeHospital();
    await Deno.mkdir(join(hospital, "pacs"));
    const login = { user: "mammoeval", password: "s\u00e9same:open" };
    await using pacs = await startOrthanc(join(hospital, "pacs"), login);
    for await (const path of filesIn(join(hospital, "dicom"))) {
      await pacs.store(await Deno.readFile(path));
    }
    const { cert, key } = await makeCertificate(hospital);
    const options = { hostname: "127.0.0.1", port: 0, onListen: (): void => {}, cert, key };
    const proxy = Deno.serve(options, (request) => {
      const { pathname, search } = new URL(request.url);
      return fetch(new URL(pathname + search, pacs.url), { headers: request.headers });
    });
    const url = `https://127.0.0.1:${proxy.addr.port}/dicom-web`;
    const logins = join(hospital, "logins.json");
    const labels = join(hospital, "labels.csv");
    await using service = await startEmbedded({
      MAMMOEVAL_DATA_ROOTS: hospital,
      MAMMOEVAL_DICOMWEB: url,
      MAMMOEVAL_DICOMWEB_LOGINS: logins,
    });
    const post = (name: string): ReturnType<typeof sendJson> =>
      sendJson(`${service.url}/v1/datasets`, "POST", {
        ...{ name, labels, dicomweb: { url, query: { PatientID: "CANARYBIRD-P3" } } },
      }, { prefer: "wait=120" });
    const refused: [logins: unknown, message: RegExp][] = [
      [{ [url]: { ca: cert } }, /answers 401: give its login/],
      [{ [url]: login }, /cannot be reached/],
      [{ [url]: { ...login, token: "x" } }, /MAMMOEVAL_DICOMWEB_LOGINS names cannot be read/],
    ];
    for (const [given, message] of refused) {
      await Deno.writeTextFile(logins, JSON.stringify(given));
      const { status, body } = await post("closed");
      assert.equal(status, 422);
      assert.match(body.detail, message);
      assert.ok(!JSON.stringify(body).includes("s\u00e9same"));
    }
    await Deno.writeTextFile(logins, JSON.stringify({ [`${url}/`]: { ...login, ca: cert } }));
    const { status, body } = await post("open");
    assert.deepEqual([status, body.exams], [201, 1], JSON.stringify(body));
    await proxy.shutdown();
    await Deno.remove(hospital, { recursive: true });
  },
});
