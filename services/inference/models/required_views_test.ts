import { openSqliteLedger } from "../ledger/sqlite_ledger.ts";
import assert from "node:assert/strict";
import { readDataList } from "../../../shared/format/mod.ts";
import { Problem } from "../../../shared/http/mod.ts";
import { checkExams } from "../workspace/check_exams.ts";
import {
  checkViews,
  evaluatedExams,
  requiredViewsOf,
  undeclaredViewsHint,
} from "./required_views.ts";
import { type SubmitDependencies, submitEvaluation } from "../submission/submit_evaluation.ts";
import {
  makeDataset,
  makeEvaluation,
  makeJob,
  makeModel,
  makeRequest,
} from "../../../tests/support/inference/values.ts";

const LIST = JSON.stringify([
  { "L-CC": ["a"], "R-CC": ["b"], exam_id: "whole" },
  { "L-CC": ["c"], "R-CC": [], exam_id: "half" },
].map((views) => ({ ...views, cancer_label: { left_malignant: 0, right_malignant: 1 } })));
const EXAMS = readDataList(new TextEncoder().encode(LIST), "json").exams;

Deno.test("without missing views there is nothing to say", () => {
  assert.deepEqual(checkViews(EXAMS, ["L-CC"], "all"), { note: {}, faults: [] });
  assert.deepEqual(checkViews(EXAMS, [], "complete_only"), { note: {}, faults: [] });
});

Deno.test("each exam that lacks views is a fault that names them", () => {
  const { faults } = checkViews(EXAMS, ["L-CC", "R-CC"], "all");
  assert.deepEqual(faults, [{
    exam: "half",
    view: "R-CC",
    image: null,
    code: "view_missing",
    message: "Exam half has no image in R-CC",
  }]);
});

Deno.test("complete_only leaves them out and says so", () => {
  const { note, faults } = checkViews(EXAMS, ["L-CC", "R-CC"], "complete_only");
  assert.deepEqual(faults, []);
  assert.deepEqual(note, {
    required_views: ["L-CC", "R-CC"],
    exams_left_out: { count: 1, ids: ["half"] },
  });
  const evaluation = makeEvaluation({ provenance: { ...note } });
  assert.deepEqual(requiredViewsOf(evaluation), ["L-CC", "R-CC"]);
  assert.deepEqual(evaluatedExams(EXAMS, evaluation).map(({ id }) => id), ["whole"]);
  assert.deepEqual(evaluatedExams(EXAMS, makeEvaluation()).length, 2);
});

Deno.test("a failure of a model that names no views names the exams that lack some", () => {
  const hint = undeclaredViewsHint(EXAMS);
  assert.match(hint, /2 of 2 exams lack a view \(exam \S+: .*R-MLO/);
  assert.equal(undeclaredViewsHint([]), "");
});

Deno.test("where no exam is complete, complete_only has nothing left and names them all", () => {
  assert.equal(checkViews(EXAMS, ["R-MLO"], "complete_only").faults.length, 2);
});

function submitDependencies(): SubmitDependencies {
  const model = makeModel({ manifest: { views: ["L-CC", "R-CC"] } });
  return {
    catalogue: {
      names: () => Promise.resolve([model.name]),
      overriding: () => [],
      find: () => Promise.resolve({ ok: true, model }),
      inspect: () => Promise.resolve(null),
    },
    datasets: { get: () => Promise.resolve(makeDataset()) },
    devices: { cpuSlots: 1, gpus: [] },
    limits: makeJob().limits,
    imageRegistries: [],
    sender: { refusal: () => null },
    ledger: openSqliteLedger(":memory:"),
    examChecks: { ask: (_, question) => Promise.resolve(checkExams(EXAMS, question)) },
  };
}

Deno.test("a request is refused before it runs, with the exams and the way out", async () => {
  const deps = submitDependencies();
  await assert.rejects(
    submitEvaluation(makeRequest(), "ada", deps),
    (error: Problem) =>
      error.type === "incomplete_exams" && error.errors[0]?.exam === "half" &&
      /1 of 2 exams do not have: send "exams": "complete_only"/.test(error.message),
  );
  const evaluation = await submitEvaluation(makeRequest({ exams: "complete_only" }), "ada", deps);
  assert.deepEqual(evaluation.provenance["exams_left_out"], { count: 1, ids: ["half"] });
});
