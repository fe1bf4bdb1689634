import assert from "node:assert/strict";
import { readTable } from "../../../shared/format/mod.ts";
import { CALLER_HEADERS, type Role } from "../../../shared/http/mod.ts";
import { datasetFiles } from "../../../shared/volume/mod.ts";
import { createApp } from "../app.ts";
import { scoresCsv } from "./scores_csv.ts";
import {
  askApp,
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  putDataset,
  type World,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 24;
const PATH = "/v1/leaderboards/sample/scores.csv";

async function score({ app }: World, model: string): Promise<Json> {
  const body = new FormData();
  body.set("dataset", "sample");
  body.set("predictions", new File([makePredictions(EXAMS, fairScore)], "p.csv"));
  body.set("model", model);
  body.set("bootstrap", '{"replicates":400}');
  body.set("subgroups", '["density"]');
  body.set("operating_points", '[{"specificity":0.9}]');
  body.set("prevalence", "0.01");
  const answer = await askApp(app, "/v1/scores", { method: "POST", body });
  const report = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(report));
  return report;
}

async function exported(
  { app }: World,
  role: Role,
  query = "",
): Promise<{ status: number; rows: Record<string, string>[] }> {
  const headers = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role };
  const answer = await askApp(app, PATH + query, { headers });
  const text = await answer.text();
  if (answer.status !== 200) return { status: answer.status, rows: [] };
  const { columns, rows } = readTable(text);
  const named = rows.map(({ cells }) =>
    Object.fromEntries(columns.map((name, at) => [name, cells[at]!]))
  );
  return { status: 200, rows: named };
}

async function setRelease({ layout }: World, release: string): Promise<void> {
  const { record } = datasetFiles(layout, "sample");
  const dataset = JSON.parse(await Deno.readTextFile(record));
  await Deno.writeTextFile(record, JSON.stringify({ ...dataset, release }));
}

Deno.test("every value of the reports has its row, with its intervals", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const reports = [await score(world, "one"), await score(world, "two")];
  const { rows } = await exported(world, "admin");
  for (const report of reports) {
    const { auroc, operating_points: [point] } = report.levels.breast;
    const of = (wanted: Record<string, string>): Record<string, string>[] =>
      rows.filter((row) =>
        row["score"] === report.id && row["level"] === "breast" &&
        Object.entries(wanted).every(([name, value]) => row[name] === value)
      );
    const [area, ...others] = of({ metric: "auroc", subgroup_key: "" });
    assert.deepEqual(others, []);
    assert.deepEqual(
      [area!["value"], area!["ci_by_exam_low"], area!["samples"]],
      [String(auroc.value), String(auroc.ci_by_exam[0]), String(report.levels.breast.count)],
    );
    const sensitivity = { metric: "sensitivity", operating_point: point.name, subgroup_key: "" };
    assert.equal(of(sensitivity)[0]!["value"], String(point.sensitivity.value));
    assert.equal(of({ metric: "ppv", prevalence: "0.01", subgroup_key: "" }).length > 0, true);
    const groups = report.subgroups.flatMap((one: Json) => one.groups);
    assert.equal(
      of({ metric: "auroc" }).length - 1,
      groups.filter((one: Json) => one.levels.breast !== undefined).length,
    );
  }
  const one = await exported(world, "admin", "?model=one");
  assert.deepEqual([...new Set(one.rows.map(({ model }) => model))], ["one"]);
  assert.equal((await exported(world, "admin", "?model=none")).status, 404);
});

Deno.test("the table is written by jobs, in parts under one header", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const reports = [await score(world, "one"), await score(world, "two")];
  const parts = reports.map((report, at) => scoresCsv([report], at === 0));
  assert.equal(parts.join(""), scoresCsv(reports));
  const kinds: string[] = [];
  const { compute } = world.dependencies;
  const app = createApp({
    ...world.dependencies,
    compute: {
      ...compute,
      run: (kind, request, asker) => {
        kinds.push(kind);
        return compute.run(kind, request, asker);
      },
    },
  });
  assert.equal((await app.request(PATH)).status, 200);
  assert.deepEqual(kinds, ["export"]);
});

Deno.test("others get what is released: two digits without operating points, or nothing", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  await setRelease(world, "coarse");
  await score(world, "coarse");
  for (const role of ["read", "submit"] as const) {
    const { rows } = await exported(world, role);
    assert.ok(rows.length > 0);
    for (const row of rows) {
      assert.match(row["value"]!, /^(?:-?\d+(?:\.\d{1,2})?)?$/);
      assert.deepEqual([row["operating_point"], row["subgroup_key"]], ["", ""]);
    }
  }
  await setRelease(world, "owner");
  await score(world, "withheld");
  const { rows } = await exported(world, "read");
  assert.deepEqual([...new Set(rows.map(({ model }) => model))], ["coarse"]);
  assert.equal((await exported(world, "submit", "?model=withheld")).status, 404);
});
