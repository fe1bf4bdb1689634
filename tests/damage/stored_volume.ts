import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { PROJECT, type ServiceUnderTest } from "../support/embedded_service.ts";
import { evaluate } from "../support/evaluations.ts";
import { ask, type Json, sendJson } from "../support/http.ts";

/** Ids of what a service has stored. */
export interface Stored {
  readonly evaluation: string;
  /** Of the evaluation, of an upload, of an ensemble. */
  readonly scores: readonly string[];
  readonly study: string;
}

/** Stores one of everything that services keep: a dataset, an evaluation, scores, a release, a study. */
export async function storeEverything({ url }: ServiceUnderTest): Promise<Stored> {
  await uploadSample(url);
  const evaluated = await evaluate(url, "reference", { experiment: "e" });
  assert.equal(evaluated.status, "succeeded", JSON.stringify(evaluated.error));
  const folder = join(PROJECT, "sample_data");
  const predictions = await (await ask(`${url}/v1/evaluations/${evaluated.id}/predictions.csv`))
    .bytes();
  const uploaded = await post(`${url}/v1/scores`, {
    data_list: new File([await Deno.readFile(join(folder, "data.pkl"))], "data.pkl"),
    predictions: new File([predictions], "predictions.csv"),
    attributes: new File([
      "exam_id,site\nphantom_0,north\nphantom_1,south\nphantom_2,north\nphantom_3,south\n",
    ], "attributes.csv"),
    bootstrap: "false",
  });
  const first = evaluated.score.split("/").at(-1);
  const others = await evaluate(url, "reference", { experiment: "e2" });
  const second = others.score.split("/").at(-1);
  const made = await sendJson(`${url}/v1/ensembles`, "POST", {
    ...{ scores: [first, second], model: "both", bootstrap: false },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const release = await sendJson(`${url}/v1/scores/${made.body.id}/release`, "POST", {
    as: "coarse",
  });
  assert.ok(release.status < 300, JSON.stringify(release.body));
  const table = join(PROJECT, "tests/golden/reader_study/study_pandas2_5.pkl");
  const study = await post(`${url}/v1/reader-studies`, {
    results: new File([await Deno.readFile(table)], "study.pkl"),
    bootstrap: '{"replicates":400}',
  });
  return {
    evaluation: evaluated.id,
    scores: [first, second, uploaded.id, made.body.id],
    study: study.id,
  };
}

async function uploadSample(url: string): Promise<void> {
  const folder = join(PROJECT, "sample_data");
  const form = new FormData();
  form.set("name", "sample");
  form.set("data_list", new File([await Deno.readFile(join(folder, "data.pkl"))], "data.pkl"));
  for await (const { name } of Deno.readDir(join(folder, "images"))) {
    form.append("images", new File([await Deno.readFile(join(folder, "images", name))], name));
  }
  const headers = { prefer: "wait=120" };
  const response = await ask(`${url}/v1/datasets`, { method: "POST", body: form, headers });
  assert.equal(response.status, 201, await response.text());
}

async function post(url: string, parts: Record<string, string | File>): Promise<Json> {
  const body = new FormData();
  for (const [name, part] of Object.entries(parts)) body.set(name, part);
  const response = await ask(url, { method: "POST", body });
  const answer = await response.json();
  assert.ok(response.status < 300, JSON.stringify(answer));
  return answer;
}

/** A kind of stored file: what its paths have in common, and one of them below the volume. */
export interface StoredKind {
  readonly kind: string;
  readonly path: string;
}

/**
 * Walks a volume and names the kinds of files on it: paths in which ids, digests and levels are alike. A kind that
 * somebody adds is found without being listed here.
 *
 * @param home root of the volume
 */
export function kindsBelow(home: string): StoredKind[] {
  const found = new Map<string, string>();
  for (const path of filesBelow(home)) {
    const name = relative(home, path);
    const kind = name
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
      .replace(/^results\/[^/]+\/[^/]+/, "results/<experiment>/<model>")
      .replace(/\/(?:breast|image|exam)_/, "/<level>_")
      .replace(/\/images\/[^/]+\.png$/, "/images/<image>.png")
      .replace(/\/reference_[^_]+_predictions/, "/<predictions>");
    if (!found.has(kind)) found.set(kind, name);
  }
  return Array.from(found, ([kind, path]) => ({ kind, path })).sort((a, b) =>
    a.kind < b.kind ? -1 : 1
  );
}

function filesBelow(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).toSorted((a, b) => a.name < b.name ? -1 : 1).flatMap(
    ({ name, isDirectory }) => {
      const path = join(folder, name);
      return isDirectory ? filesBelow(path) : [path];
    },
  );
}
