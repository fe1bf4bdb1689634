import assert from "node:assert/strict";
import { DICOMWEB_PAGE_STUDIES as PAGE, DICOMWEB_SERIES_MAX } from "../../../shared/limits.ts";
import { createDicomwebPacs } from "./dicomweb_pacs.ts";
import type { Pacs } from "./pacs.ts";

const STUDY = "0020000D";
const SERIES = "0020000E";
const studies = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => ({ [STUDY]: { Value: [`1.2.${index + 1}`] } }));

/** A PACS that answers lists as a function of the query says; counts what it was asked. */
function pacsOf(answer: (query: URLSearchParams) => unknown[]): { pacs: Pacs; asked: string[] } {
  const asked: string[] = [];
  const pacs = createDicomwebPacs("http://pacs", (url) => {
    asked.push(url);
    return Promise.resolve(Response.json(answer(new URL(url).searchParams)));
  });
  return { pacs, asked };
}

async function uidsOf(pacs: Pacs): Promise<string[]> {
  const found: string[] = [];
  for await (const { studyInstanceUid } of pacs.studies({})) found.push(studyInstanceUid);
  return found;
}

Deno.test("studies: page by page, each study once", async () => {
  const all = studies(2 * PAGE + 7);
  const { pacs, asked } = pacsOf((query) => {
    // Something new has come in front meanwhile: the last of one page is the first of the next.
    const from = Math.max(0, Number(query.get("offset")) - 1);
    return all.slice(from, from + PAGE);
  });
  const found = await uidsOf(pacs);
  assert.equal(new Set(found).size, found.length);
  assert.ok(found.length >= 2 * PAGE);
  assert.ok(asked.length <= 4);
});

Deno.test("studies: a PACS that ignores offset is given up after the second answer", async () => {
  const { pacs, asked } = pacsOf(() => studies(PAGE));
  await assert.rejects(uidsOf(pacs), /same studies again for another offset.*StudyDate/);
  assert.equal(asked.length, 2);
});

Deno.test("studies: a PACS that ignores limit too has told all at once", async () => {
  const { pacs, asked } = pacsOf(() => studies(3 * PAGE));
  assert.equal((await uidsOf(pacs)).length, 3 * PAGE);
  assert.ok(asked.length <= 2);
});

Deno.test("studies: a PACS that ignores offset with less than a page is no trouble", async () => {
  const { pacs, asked } = pacsOf(() => studies(PAGE - 1));
  assert.equal((await uidsOf(pacs)).length, PAGE - 1);
  assert.equal(asked.length, 1);
});

Deno.test("mammograms: series without end are refused", async () => {
  const { pacs, asked } = pacsOf(() =>
    Array.from(
      { length: DICOMWEB_SERIES_MAX + 1 },
      (_, at) => ({ [SERIES]: { Value: [`1.${at}`] } }),
    )
  );
  await assert.rejects(pacs.mammograms("1.2"), /lists 201 series of one study/);
  assert.equal(asked.length, 1);
});
