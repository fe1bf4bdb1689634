import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createWorld,
  fairScore,
  makeList,
  sendJson,
  uploadScore,
  type World,
} from "../../../tests/support/scoring/world.ts";

/** Three exams per woman, whose name must not appear anywhere. */
function womanOf(exam: number): string {
  return `SECRET-${Math.floor(exam / 3)}`;
}

function namedList(exams: number): File {
  const list = makeList(exams).map((entry, exam) => ({ ...entry, patient_id: womanOf(exam) }));
  return new File([JSON.stringify(list)], "data.json");
}

function sideTable(exams: number): File {
  const rows = Array.from(
    { length: exams },
    (_, exam) => `exam${exam},${womanOf(exam)},${exam % 2}`,
  );
  return new File([["exam_id,patient_id,site", ...rows, ""].join("\n")], "attributes.csv");
}

async function everything(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    text += name +
      (isDirectory ? await everything(path) : new TextDecoder().decode(await Deno.readFile(path)));
  }
  return text;
}

async function answers({ app }: World, id: string, other: string): Promise<string> {
  let text = "";
  for (const path of ["", "/breast/samples.csv", "/image/samples.csv", "/report.html"]) {
    text += await (await app.request(`/v1/scores/${id}${path}`)).text();
  }
  const compared = await sendJson(app, "POST", "/v1/comparisons", {
    scores: [id, other],
    bootstrap: false,
  });
  assert.equal(compared.body.women, 20);
  return text + JSON.stringify(compared.body);
}

Deno.test("women of a list or a side table are clusters, and their ids are nowhere in clear", async () => {
  const reports: Awaited<ReturnType<typeof uploadScore>>[] = [];
  for (const parts of [{ data_list: namedList(60) }, { attributes: sideTable(60) }]) {
    await using world = await createWorld();
    const report = await uploadScore(world.app, 60, fairScore, parts);
    const other = await uploadScore(
      world.app,
      60,
      (exam, side) => 1 - fairScore(exam, side),
      parts,
    );
    assert.equal(report.levels.breast.women, 20);
    assert.equal(report.levels.breast.exams, 60);
    assert.ok(report.subgroups.every(({ key }) => key !== "patient_id"));
    reports.push(report);
    const seen = await answers(world, report.id, other.id);
    assert.match(seen, /w[0-9a-f]{20}/, "samples tell women apart");
    assert.match(seen, /Interval by woman/);
    assert.doesNotMatch(seen + await everything(world.layout.home), /SECRET/);
  }
  const [list, table] = reports.map(({ levels }) => levels.breast.auroc);
  assert.deepEqual(list, table);
});

Deno.test("without patient_id nothing is said of women", async () => {
  await using world = await createWorld();
  const report = await uploadScore(world.app, 60, fairScore);
  assert.equal(report.levels.breast.women, null);
  const page = await (await world.app.request(`/v1/scores/${report.id}/report.html`)).text();
  assert.match(page, /Interval by exam/);
  assert.match(page, /The women are not known/);
  assert.ok(!page.includes("Interval by woman"));
});
