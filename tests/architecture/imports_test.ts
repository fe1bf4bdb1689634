import assert from "node:assert/strict";
import { basename, dirname, join, relative } from "node:path";
import { isTest, projectFiles, root } from "./project_files.ts";

/** A source file, for checks of the import direction (ARCHITECTURE.md). */

interface Source {
  /** Path relative to the project's root. */
  readonly path: string;
  /** Imported project files, relative to the root. */
  readonly imports: readonly string[];
  /** Imported packages, as written. */
  readonly packages: readonly string[];
  readonly text: string;
}

/** Specifiers of static imports, re-exports and dynamic imports of a literal. */
const SPECIFIER =
  /^\s*(?:import|export)\b[^"';]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

function readSource(path: string, text: string): Source {
  const specifiers = [...text.matchAll(SPECIFIER)].map((match) =>
    match[1] ?? match[2] ?? match[3]!
  );
  const isRelative = (specifier: string): boolean => specifier.startsWith(".");
  return {
    path: relative(root, path),
    imports: specifiers.filter(isRelative).map((name) => relative(root, join(dirname(path), name))),
    packages: specifiers.filter((name) => !isRelative(name)),
    text,
  };
}

async function readSources(): Promise<Source[]> {
  const sources: Source[] = [];
  for await (const path of projectFiles()) {
    sources.push(readSource(path, await Deno.readTextFile(path)));
  }
  return sources;
}

const sources = await readSources();
const paths = new Set(sources.map(({ path }) => path));

function inFolder(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** Returns imports that break a rule, as `importer -> imported`. */
function breaches(
  applies: (path: string) => boolean,
  allowed: (imported: string, importer: string) => boolean,
): string[] {
  return sources.filter(({ path }) => applies(path)).flatMap(({ path, imports }) =>
    imports.filter((imported) => !allowed(imported, path)).map((name) => `${path} -> ${name}`)
  );
}

function serviceOf(path: string): string | null {
  return /^services\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Runtime imports and re-exports: all but type-only ones. */
const RUNTIME_SPECIFIER =
  /^\s*(?:import|export)\s(?!type\s)(?:(?!\{(?:\s*type\s[^,}]*,?)*\s*\})[^"';])*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"/gm;

function valuesImportedBy(path: string): string[] {
  const text = sources.find((source) => source.path === path)?.text ?? "";
  return [...text.matchAll(RUNTIME_SPECIFIER)].map((match) => match[1] ?? match[2]!)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(root, join(dirname(path), name)));
}

/** The ports: a service's interfaces to the outside. Add new ones here. */
const PORTS = [
  "clients",
  "compute",
  "dataset_store",
  "dicom_converter",
  "sealed_store",
  "exam_source",
  "executor",
  "image_source",
  "image_store",
  "import_runner",
  "ledger",
  "model_catalogue",
  "pacs",
  "score_store",
  "upload_receiver",
  "workspace",
];

/** An adapter that stands apart from its port is named `<adapter>_<port>.ts`. */
function isAdapter(path: string): boolean {
  return serviceOf(path) !== null &&
    PORTS.some((port) =>
      path.endsWith(`_${port}.ts`) &&
      sources.some((one) =>
        basename(one.path) === `${port}.ts` && serviceOf(one.path) === serviceOf(path)
      )
    );
}

Deno.test("there is something to check", () => {
  assert.ok(sources.length > 200);
  assert.ok(sources.some(({ path }) => path === "services/inference/executors/docker_executor.ts"));
  assert.ok(isAdapter("services/inference/executors/docker_executor.ts"));
  const adapted = (port: string): boolean =>
    [...paths].some((path) => isAdapter(path) && path.endsWith(`_${port}.ts`));
  assert.deepEqual(PORTS.filter((port) => !adapted(port)), []);
});

Deno.test("every imported project file exists", () => {
  assert.deepEqual(breaches(() => true, (imported) => paths.has(imported)), []);
});

/** Functions that take seconds for a large file from outside. */
const PARSING =
  /\b(?:readDataList|readPredictions|alignPredictions|readTable|readPickle|readLesions|checkGreyMap)\(/;

/** Files that may parse: in jobs of the compute port, in threads and processes of imports, in tasks on data lists. */
const PARSES_ELSEWHERE = [
  "services/gateway/routes/exam_pages.ts", // the lines of one exam
  "services/inference/submission/check_model.ts", // the sample's predictions, checked before
  "services/inference/workspace/keep_outputs.ts",
  "services/inference/workspace/list_tasks.ts",
  "services/ingestion/data_list_exam_source.ts",
  "services/ingestion/dicom/convert_folder.ts",
  "services/ingestion/dicom/labels.ts",
  "services/scoring/jobs/score_predictions.ts",
  "services/scoring/reader_study/score_study.ts",
  "services/scoring/reader_study/study_table.ts",
  "services/scoring/samples/align_levels.ts",
  "services/scoring/samples/load_samples.ts",
  "services/scoring/samples/samples_csv.ts",
  "services/scoring/subgroups/side_table.ts",
];

Deno.test("no service parses large files in the thread that answers", () => {
  const parse = sources.filter(({ path, text }) =>
    serviceOf(path) !== null && !isTest(path) && PARSING.test(text)
  );
  assert.deepEqual(parse.map(({ path }) => path).toSorted(), PARSES_ELSEWHERE);
});

Deno.test("every package is pinned in deno.json", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  for (const [name, target] of Object.entries<string>(imports)) {
    assert.match(target, /^npm:.+@\d+\.\d+\.\d+$/, name);
  }
  const known = (name: string): boolean =>
    name.startsWith("node:") ||
    Object.keys(imports).some((key) => name === key || name.startsWith(`${key}/`));
  const unknown = sources.flatMap(({ path, packages }) =>
    packages.filter((name) => !known(name)).map((name) => `${path}: ${name}`)
  );
  assert.deepEqual(unknown, []);
});

Deno.test("shared/domain imports nothing but itself", () => {
  const found = breaches(
    (path) => inFolder(path, "shared/domain") && !isTest(path),
    (imported) => inFolder(imported, "shared/domain"),
  );
  assert.deepEqual(found, []);
  const packages = sources.filter(({ path }) => inFolder(path, "shared/domain") && !isTest(path))
    .flatMap((source) => source.packages);
  assert.deepEqual(packages, []);
});

Deno.test("shared/format knows only the domain", () => {
  const found = breaches(
    (path) => inFolder(path, "shared/format") && !isTest(path),
    (imported) =>
      inFolder(imported, "shared/domain") || inFolder(imported, "shared/format") ||
      imported === "shared/limits.ts",
  );
  assert.deepEqual(found, []);
});

Deno.test("scoring computes and parses in its jobs alone: nothing that answers requests reaches what does", () => {
  const root = "services/scoring";
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const imported of valuesImportedBy(path)) visit(imported);
  };
  visit(`${root}/main.ts`);
  const computing = [
    ...["samples/load_samples", "samples/samples_csv", "measures/measure_level"],
    ...["jobs/score_predictions", "jobs/make_report", "comparison/match_samples"],
    ...["reader_study/read_study", "subgroups/measure_subgroups", "comparison/against_best"],
  ].map((name) => `${root}/${name}.ts`);
  for (const path of computing) assert.ok(paths.has(path), path);
  assert.deepEqual(computing.filter((path) => reached.has(path)), []);
});

Deno.test("shared never imports what uses it", () => {
  assert.deepEqual(
    breaches(
      (path) => inFolder(path, "shared") && !isTest(path),
      (imported) => inFolder(imported, "shared"),
    ),
    [],
  );
});

Deno.test("services never import each other; the gateway's assembly alone mounts the others", () => {
  const found = breaches(
    (path) => serviceOf(path) !== null,
    (imported, importer) =>
      serviceOf(imported) === serviceOf(importer) || inFolder(imported, "shared") ||
      (importer === "services/gateway/assemble.ts" && basename(imported) === "assemble.ts") ||
      (isTest(importer) && (inFolder(imported, "tests") || inFolder(imported, "sample_data"))),
  );
  assert.deepEqual(found, []);
});

Deno.test("only assemble.ts imports adapters", () => {
  const found = breaches(
    (path) => serviceOf(path) !== null && !isTest(path) && basename(path) !== "assemble.ts",
    (imported) => !isAdapter(imported),
  );
  assert.deepEqual(found, []);
});

Deno.test("only programs start from main.ts and assemble.ts", () => {
  const found = breaches(
    (path) =>
      !isTest(path) && basename(path) !== "main.ts" && path !== "services/gateway/assemble.ts",
    (imported) => serviceOf(imported) === null || !["main.ts"].includes(basename(imported)),
  );
  assert.deepEqual(found, []);
});

Deno.test("statistics know nothing of exams, services or files", () => {
  const found = breaches(
    (path) => inFolder(path, "services/scoring/statistics") && !isTest(path),
    (imported) =>
      inFolder(imported, "services/scoring/statistics") || imported === "shared/limits.ts",
  );
  assert.deepEqual(found, []);
});

Deno.test("charts and pages know reports only: no store, no route, no file", () => {
  const found = breaches(
    (path) => inFolder(path, "services/scoring/report") && !isTest(path),
    (imported) =>
      inFolder(imported, "services/scoring/report") || inFolder(imported, "shared/contracts") ||
      inFolder(imported, "shared/pages") ||
      imported === "shared/limits.ts",
  );
  assert.deepEqual(found, []);
});

Deno.test("the client loads nothing but itself, its bounds and Retry-After, and needs no particular runtime", () => {
  const contracts = (path: string): boolean =>
    inFolder(path, "shared/contracts") || inFolder(path, "shared/domain") ||
    path === "shared/http/problem.ts";
  const ships = (path: string): boolean => inFolder(path, "client") && !isTest(path);
  const loads = (path: string): boolean =>
    inFolder(path, "client") || ["shared/limits.ts", "shared/retry_after.ts"].includes(path);
  assert.deepEqual(breaches(ships, (path) => loads(path) || contracts(path)), []);
  for (const { path, text } of sources.filter((source) => ships(source.path))) {
    const loaded = text.replaceAll(/^(?:import|export) type [^;]*;$/gm, "");
    const source = readSource(join(root, path), loaded);
    assert.deepEqual(source.imports.filter((imported) => !loads(imported)), [], path);
    assert.deepEqual(source.packages, [], path);
    assert.doesNotMatch(loaded, /\bDeno\.|\bprocess\.|\bBuffer\b/, path);
  }
});

Deno.test("a model folder stands alone", () => {
  const found = breaches(
    (path) => inFolder(path, "models") && !isTest(path),
    (imported, importer) => imported.split("/")[1] === importer.split("/")[1],
  );
  assert.deepEqual(found, []);
});

Deno.test("nothing that ships imports a test", () => {
  assert.deepEqual(breaches((path) => !isTest(path), (imported) => !isTest(imported)), []);
});
