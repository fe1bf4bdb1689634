import assert from "node:assert/strict";
import { DICOMWEB_PAGE_STUDIES as PAGE, DICOMWEB_SERIES_MAX } from "../../../shared/limits.ts";
import { createDicomwebPacs, firstPart } from "./dicomweb_pacs.ts";
import type { Pacs } from "./pacs.ts";

const STUDY = "0020000D";
const SERIES = "0020000E";
const studies = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => ({ [STUDY]: { Value: [`1.2.${index + 1}`] } }));

/** A PACS whose lists are a function of the query; records the requests. */
function pacsOf(answer: (query: URLSearchParams) => unknown[]): { pacs: Pacs; asked: string[] } {
  const asked: string[] = [];
  const pacs = createDicomwebPacs("http://pacs", (url) => {
    asked.push(url);
    return Promise.resolve(Response.json(answer(new URL(url).searchParams)));
  });
  return { pacs, asked };
}

async function uidsOf(pacs: Pacs, doubts: string[] = []): Promise<string[]> {
  const found: string[] = [];
  for await (const { studyInstanceUid } of pacs.studies({}, (one) => doubts.push(one))) {
    found.push(studyInstanceUid);
  }
  return found;
}

Deno.test("studies: page by page, each study once", async () => {
  const all = studies(2 * PAGE + 7);
  const { pacs, asked } = pacsOf((query) => {
    // A new study was inserted in front: the last of one page is the first of the next.
    const from = Math.max(0, Number(query.get("offset")) - 1);
    return all.slice(from, from + PAGE);
  });
  const found = await uidsOf(pacs);
  assert.equal(new Set(found).size, found.length);
  assert.ok(found.length >= 2 * PAGE);
  assert.ok(asked.length <= 5);
});

Deno.test("studies: a PACS that ignores offset is given up after the second answer", async () => {
  const { pacs, asked } = pacsOf(() => studies(PAGE));
  await assert.rejects(uidsOf(pacs), /same studies for different offsets.*StudyDate/);
  assert.equal(asked.length, 2);
});

Deno.test("studies: a PACS that ignores limit too has told all at once", async () => {
  const { pacs, asked } = pacsOf(() => studies(3 * PAGE));
  assert.equal((await uidsOf(pacs)).length, 3 * PAGE);
  assert.ok(asked.length <= 2);
});

Deno.test("studies: a PACS that ignores offset with less than a page is no trouble", async () => {
  const { pacs, asked } = pacsOf(() => studies(PAGE - 1));
  const doubts: string[] = [];
  assert.equal((await uidsOf(pacs, doubts)).length, PAGE - 1);
  assert.deepEqual([asked.length, doubts], [2, ["pacs_offset_ignored"]]);
});

Deno.test("mammograms: series without end are refused", async () => {
  const { pacs, asked } = pacsOf(() =>
    Array.from(
      { length: DICOMWEB_SERIES_MAX + 1 },
      (_, at) => ({ [SERIES]: { Value: [`1.${at}`] } }),
    )
  );
  await assert.rejects(pacs.mammograms("1.2", () => {}), /lists 201 series in one study/);
  assert.equal(asked.length, 1);
});

Deno.test("mammograms: series of MG, CR, DX and of no modality are listed, others are not", async () => {
  const modalities = ["MG", "CR", "DX", null, "SR", "US", "PR", "mg"];
  const { pacs } = pacsOf((_query) =>
    modalities.map((modality, at) => ({
      [SERIES]: { Value: [`1.${at}`] },
      "00080060": { Value: [modality] },
      "00080018": { Value: [`1.9.${at}`] },
    }))
  );
  const found = await pacs.mammograms("1.2", () => {});
  const series = new Set(found.map(({ seriesInstanceUid }) => seriesInstanceUid));
  assert.deepEqual([...series], ["1.0", "1.1", "1.2", "1.3", "1.7"]);
});

Deno.test("a PACS that does not offer a media type is asked for the plain one", async () => {
  const refusals = [["transfer-syntax=*", 406], ["transfer-syntax=*", 400], [
    "dicom+json",
    415,
  ]] as const;
  for (const [word, status] of refusals) {
    const pacs = createDicomwebPacs("http://pacs", (_url, init) => {
      const accept = new Headers(init?.headers).get("accept")!;
      if (accept.includes(word)) return Promise.resolve(new Response("no", { status }));
      if (accept.includes("json")) return Promise.resolve(Response.json([]));
      const headers = { "content-type": "multipart/related; boundary=b" };
      return Promise.resolve(new Response(BODY, { headers }));
    });
    const address = { studyInstanceUid: "1.2", seriesInstanceUid: "1.3", sopInstanceUid: "1.4" };
    assert.equal((await pacs.retrieve(address))?.length, 12, word);
    assert.deepEqual(await uidsOf(pacs), []);
  }
});

Deno.test("studies: a PACS with smaller pages of its own is asked until one is empty", async () => {
  const all = studies(130);
  const { pacs } = pacsOf((query) => {
    const from = Number(query.get("offset"));
    return all.slice(from, from + 50);
  });
  const doubts: string[] = [];
  assert.equal((await uidsOf(pacs, doubts)).length, 130);
  assert.deepEqual(doubts, []);
});

Deno.test("a UID that is none is passed over and told, and nothing of it is asked for", async () => {
  const odd = [{ [STUDY]: { Value: ["../../etc"] } }, { [STUDY]: null }, ...studies(2)];
  const { pacs, asked } = pacsOf((query) => query.get("offset") === "0" ? odd : []);
  const doubts: string[] = [];
  assert.deepEqual(await uidsOf(pacs, doubts), ["1.2.1", "1.2.2"]);
  assert.deepEqual(doubts, ["pacs_uid_invalid", "pacs_uid_invalid"]);
  const { pacs: series } = pacsOf(() => [{}, { [SERIES]: { Value: ["x/y"] } }]);
  assert.deepEqual(await series.mammograms("1.2", (one) => doubts.push(one)), []);
  assert.equal(doubts.length, 4);
  assert.ok(asked.every((url) => !url.includes("etc")));
});

Deno.test("answers: empty ones and what is gone are nothing; a missing address and a closed door are failures", async () => {
  const answering = (response: () => Response): Pacs =>
    createDicomwebPacs("http://pacs", () => Promise.resolve(response()));
  const address = { studyInstanceUid: "1.2", seriesInstanceUid: "1.3", sopInstanceUid: "1.4" };
  const empty = answering(() => new Response(""));
  assert.deepEqual(await uidsOf(empty), []);
  assert.deepEqual(await empty.mammograms("1.2", () => {}), []);
  assert.equal(await empty.retrieve(address), null);
  const gone = answering(() => new Response("gone", { status: 404 }));
  assert.deepEqual(await gone.mammograms("1.2", () => {}), []);
  assert.equal(await gone.retrieve(address), null);
  await assert.rejects(uidsOf(gone), /answers 404/);
  const closed = answering(() => new Response("no", { status: 401 }));
  await assert.rejects(uidsOf(closed), /MAMMOEVAL_DICOMWEB_LOGINS/);
});

const BODY = "--b\r\nContent-Type: application/dicom\r\n\r\nhe\r\n--c\r\nllo\r\n--b--\r\n";

Deno.test("firstPart: the content between head and boundary, whatever it looks like", () => {
  for (const boundary of ["b", '"b"']) {
    const type = `multipart/related; type="application/dicom"; boundary=${boundary}`;
    const part = firstPart(new TextEncoder().encode(BODY), type);
    assert.equal(new TextDecoder().decode(part), "he\r\n--c\r\nllo");
  }
});

Deno.test("firstPart: padding behind the boundary, bare line feeds, and a file by itself are read", () => {
  const type = "multipart/related; boundary=b";
  const partOf = (text: string, of = type): string =>
    new TextDecoder().decode(firstPart(new TextEncoder().encode(text), of));
  assert.equal(partOf(BODY.replace("--b\r\n", "--b \t\r\n")), "he\r\n--c\r\nllo");
  assert.equal(partOf(`\r\n${BODY}`), "he\r\n--c\r\nllo");
  assert.equal(partOf("--b\nA: b\n\nhe\r\n--b--\n"), "he\r");
  assert.equal(partOf("--b\r\n\r\nhe\r\n--b--"), "he");
  assert.equal(partOf("file", "application/dicom; transfer-syntax=1.2"), "file");
});

Deno.test("firstPart: an answer of another kind, and one that is cut anywhere, are refused", () => {
  const bytes = new TextEncoder().encode(BODY);
  assert.throws(() => firstPart(bytes, "application/json"), SyntaxError);
  assert.throws(() => firstPart(bytes, "multipart/related"), SyntaxError);
  for (let length = 0; length < BODY.indexOf("\r\n--b--") + 5; length++) {
    const cut = bytes.subarray(0, length);
    assert.throws(() => firstPart(cut, "multipart/related; boundary=b"), SyntaxError, `${length}`);
  }
});
