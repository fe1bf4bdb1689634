import assert from "node:assert/strict";
import { readSettings, type Settings } from "./settings.ts";

function read(variables: Record<string, string>): Settings {
  return readSettings((name) => variables[name], "/project");
}

Deno.test("without any variable there are defaults, and every path is absolute", () => {
  const settings = read({});
  assert.deepEqual([settings.host, settings.port], ["127.0.0.1", 8000]);
  assert.deepEqual(settings.modelRoots, ["/project/models"]);
  assert.deepEqual(settings.dataRoots, ["/project", settings.home]);
  assert.equal(settings.preprocessed, `${settings.home}/preprocessed`);
  assert.ok(settings.users.startsWith("/"));
  assert.deepEqual([settings.gpus, settings.ingestionUrl], [null, null]);
});

Deno.test("lists are comma-separated, the volume is always a data root", () => {
  const settings = read({
    MAMMOEVAL_HOME: "/volume",
    MAMMOEVAL_DATA_ROOTS: "/a, /b ,,/a",
    MAMMOEVAL_MODELS: "/more",
    MAMMOEVAL_GPUS: "0,2",
    MAMMOEVAL_BUILD_ARGS: "MIRROR=http://mirror/x=y,EMPTY=",
  });
  assert.deepEqual(settings.dataRoots, ["/a", "/b", "/volume"]);
  assert.deepEqual(settings.modelRoots, ["/more", "/project/models"]);
  assert.deepEqual(settings.gpus, ["0", "2"]);
  assert.deepEqual(settings.buildArgs, { MIRROR: "http://mirror/x=y", EMPTY: "" });
});

Deno.test("a gateway is reached where it listens, unless it says otherwise", () => {
  assert.deepEqual(read({ MAMMOEVAL_HOST: "10.0.0.1" }).published, ["10.0.0.1"]);
  const inContainer = read({ MAMMOEVAL_HOST: "0.0.0.0", MAMMOEVAL_PUBLISHED: "127.0.0.1" });
  assert.deepEqual([inContainer.host, inContainer.published], ["0.0.0.0", ["127.0.0.1"]]);
});

Deno.test("an empty variable is none", () => {
  assert.equal(read({ MAMMOEVAL_PORT: " ", MAMMOEVAL_SCORING_URL: "" }).port, 8000);
});

Deno.test("everything that cannot be used is named at once", () => {
  assert.throws(
    () =>
      read({
        MAMMOEVAL_PORT: "many",
        MAMMOEVAL_EXECUTOR: "kubernetes",
        MAMMOEVAL_MEMORY: "lots",
        MAMMOEVAL_INGESTION_URL: "http://host/path",
      }),
    (error: Error) =>
      error instanceof RangeError &&
      ["PORT=many", "EXECUTOR=kubernetes", "MEMORY=lots", "INGESTION_URL=http://host/path"].every((
        part,
      ) => error.message.includes(`MAMMOEVAL_${part}`)),
  );
  assert.throws(() => read({ MAMMOEVAL_BUILD_ARGS: "novalue" }), /must be NAME=value/);
});

Deno.test("where models run and what runs them are two choices; the old values name both", () => {
  for (
    const [executor, engine, expected] of [
      ["", "", ["local", "auto"]],
      ["auto", "apptainer", ["local", "apptainer"]],
      ["local", "docker", ["local", "docker"]],
      ["docker", "", ["local", "docker"]],
      ["process", "process", ["local", "process"]],
      ["slurm", "", ["slurm", "docker"]],
      ["slurm", "docker", ["slurm", "docker"]],
      ["slurm", "apptainer", ["slurm", "apptainer"]],
    ] as const
  ) {
    const settings = read({ MAMMOEVAL_EXECUTOR: executor, MAMMOEVAL_ENGINE: engine });
    assert.deepEqual([settings.executor, settings.engine], expected);
  }
  for (
    const [executor, engine] of [["docker", "apptainer"], ["process", "docker"], [
      "slurm",
      "process",
    ]]
  ) {
    assert.throws(
      () => read({ MAMMOEVAL_EXECUTOR: executor!, MAMMOEVAL_ENGINE: engine! }),
      /contradict each other/,
    );
  }
});
