import assert from "node:assert/strict";
import { ROLES } from "./caller.ts";
import { keepTruth } from "./keep_truth.ts";
import { Problem } from "./problem.ts";

Deno.test("keepTruth: model authors are refused, and told whom to ask", () => {
  for (const role of ROLES.filter((known) => known !== "submit")) {
    keepTruth({ user: "ada", role }, "This list");
  }
  assert.throws(
    () => keepTruth({ user: "eve", role: "submit" }, "This list"),
    (error) =>
      error instanceof Problem && error.type === "forbidden" &&
      /^This list would tell .*: ask the data owner/.test(error.message),
  );
});
