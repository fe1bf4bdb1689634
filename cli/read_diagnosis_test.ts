import assert from "node:assert/strict";
import type { Diagnosis } from "../shared/contracts/doctor.ts";
import { readDiagnosis } from "./read_diagnosis.ts";

const WHOLE = { damaged: [], damaged_total: 0 };
const NOW = new Date("2030-01-01T00:00:00Z");
const GOOD: Diagnosis = {
  executor: "docker",
  podman: null,
  apptainer: null,
  hardening: [],
  docker: { ok: true, version: "26", message: "A Docker engine answers", limits_lacking: [] },
  gpus: { known: true, indices: [0], message: "GPUs 0 may be used" },
  volume: { path: "/volume", free_bytes: 2 ** 40, needed_bytes: 100, ...WHOLE },
  models: { overriding: [] },
  users: { uid: 1, gid: 1, message: "users" },
  clock: NOW.toISOString(),
};
const LOST = { path: "scores/1/score.json", reason: "it is empty: restore it" };
const DEAF = { ...GOOD.docker, ok: false, version: null, message: "No Docker engine answers" };

Deno.test("what is broken, and what is only worth knowing", () => {
  const cases: [Partial<Diagnosis>, string[], check: string, result: string][] = [
    [{}, [], "services", "ok"],
    [{}, ["scoring is not ready"], "services", "broken"],
    [{ docker: DEAF }, [], "engine", "broken"],
    [{ docker: { ...GOOD.docker, limits_lacking: ["swap"] } }, [], "limits", "note"],
    [{ docker: DEAF, executor: "process" }, [], "engine", "note"],
    [{ gpus: { known: false, indices: [], message: "none" } }, [], "gpus", "note"],
    [{ volume: { path: "/v", free_bytes: 5, needed_bytes: 6, ...WHOLE } }, [], "volume", "broken"],
    [{ volume: { path: "/v", free_bytes: null, needed_bytes: 6, ...WHOLE } }, [], "volume", "note"],
    [{ volume: { ...GOOD.volume, damaged: [LOST], damaged_total: 1 } }, [], "stored file", "note"],
    [{ volume: { ...GOOD.volume, damaged_total: 2 } }, [], "stored file", "note"],
    [
      { models: { overriding: [{ name: "m", folder: "/a/m", hides: ["/b/m"] }] } },
      [],
      "models",
      "note",
    ],
    [{ clock: "2030-01-01T00:02:00Z" }, [], "clock", "note"],
  ];
  for (const [parts, reasons, check, result] of cases) {
    const context = { where: "here", reasons, now: NOW };
    const findings = readDiagnosis({ ...GOOD, ...parts }, context);
    const found = findings.find((finding) => finding.check === check);
    assert.ok(found, check);
    assert.equal(found.result, result, JSON.stringify(found));
    const others = findings.filter((finding) => finding !== found);
    assert.ok(others.every((finding) => finding.result === "ok"), check);
    if (result === "broken") assert.ok(found.advice, "says what to do");
  }
});
