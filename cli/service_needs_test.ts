import assert from "node:assert/strict";
import { readSettings, type Settings } from "../shared/settings.ts";
import { serviceNeeds, SERVICES } from "./service_needs.ts";

const APART = {
  MAMMOEVAL_INGESTION_URL: "http://ingestion:8000",
  MAMMOEVAL_INFERENCE_URL: "http://inference:8000",
  MAMMOEVAL_SCORING_URL: "http://scoring:8000",
};

function settings(variables: Record<string, string> = {}): Settings {
  const all: Record<string, string> = {
    MAMMOEVAL_HOME: "/volume",
    MAMMOEVAL_DATA_ROOTS: "/data",
    ...variables,
  };
  return readSettings((name) => all[name], "/project");
}

Deno.test("no two services write the same, but the token that they share and results", () => {
  const writers = new Map<string, string[]>();
  for (const service of SERVICES) {
    for (const path of serviceNeeds(service, settings(APART)).write) {
      writers.set(path, [...writers.get(path) ?? [], service]);
    }
  }
  const shared = [...writers].filter(([, names]) => names.length > 1).map(([path]) => path);
  // A score is stored beside its predictions.
  assert.deepEqual(shared.toSorted(), ["/volume/access/service", "/volume/results"]);
});

Deno.test("only ingestion sees the data, only inference starts programs", () => {
  const readers = SERVICES.filter((service) =>
    serviceNeeds(service, settings(APART)).read.includes("/data")
  );
  assert.deepEqual(readers, ["ingestion"]);
  const starters = SERVICES.filter((service) =>
    serviceNeeds(service, settings(APART)).programs.includes("docker")
  );
  assert.deepEqual(starters, ["inference"]);
});

Deno.test("a gateway before three services needs its own folder and their addresses", () => {
  const { read, write, net, programs } = serviceNeeds("gateway", settings(APART));
  assert.deepEqual([read, write, programs], [[], ["/volume/access", "/volume/locks/gateway"], []]);
  assert.deepEqual(net, ["ingestion:8000", "inference:8000", "scoring:8000"]);
});

Deno.test("a gateway that runs the three itself needs what they need", () => {
  const alone = serviceNeeds("gateway", settings());
  for (const service of ["ingestion", "inference", "scoring"] as const) {
    const { read, write, programs } = serviceNeeds(service, settings());
    for (const path of read) assert.ok(alone.read.includes(path), path);
    for (const path of write) assert.ok(alone.write.includes(path), path);
    for (const program of programs) assert.ok(alone.programs.includes(program), program);
  }
  assert.ok(
    serviceNeeds("gateway", settings({ MAMMOEVAL_EXECUTOR: "slurm" })).programs.includes("sbatch"),
  );
});
