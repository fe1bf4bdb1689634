import assert from "node:assert/strict";
import { LOCAL_CALLER } from "./caller.ts";
import { Problem } from "./problem.ts";
import { mayAccessTruth, requireTruthAccess } from "./truth_access.ts";

const uploaded = { score: { dataset: null, provenance: { uploaded_by: "eve" } } };
const registered = { score: { dataset: "sample", provenance: { uploaded_by: "eve" } } };

Deno.test("the data owner may see every truth", () => {
  for (const caller of [LOCAL_CALLER, { user: "ada", role: "admin" } as const]) {
    for (const subject of [{ dataset: "sample" }, uploaded, registered]) {
      assert.ok(mayAccessTruth(caller, subject));
    }
  }
});

Deno.test("whoever uploaded a list may see its truth, and no other", () => {
  for (const role of ["read", "submit"] as const) {
    assert.ok(mayAccessTruth({ user: "eve", role }, uploaded));
    assert.ok(!mayAccessTruth({ user: "eve", role }, registered));
    assert.ok(!mayAccessTruth({ user: "eve", role }, { dataset: "sample" }));
    assert.ok(!mayAccessTruth({ user: "mallory", role }, uploaded));
    assert.ok(
      !mayAccessTruth({ user: "undefined", role }, {
        score: { dataset: null, provenance: {} },
      }),
    );
  }
});

Deno.test("requireTruthAccess: the refusal tells whom to ask", () => {
  requireTruthAccess(LOCAL_CALLER, { dataset: "sample" }, "This list");
  assert.throws(
    () => requireTruthAccess({ user: "eve", role: "read" }, { dataset: "sample" }, "This list"),
    (error) =>
      error instanceof Problem && error.type === "forbidden" &&
      /^This list would show .* ask the data owner/.test(error.message),
  );
});
