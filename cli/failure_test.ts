import assert from "node:assert/strict";
import { faultOf } from "../shared/domain/mod.ts";
import { Failure, faultText, tellFailure } from "./failure.ts";
import { keepingConsole } from "../tests/support/console.ts";

Deno.test("a fault is told with its place, as far as the message does not name it", () => {
  const parts = { code: "x", exam: "12", view: "L-CC" as const };
  const cases = [
    [faultOf({ ...parts, message: "field is 7" }), "exam 12, L-CC: field is 7"],
    [faultOf({ ...parts, message: "exam 12 has no L-CC" }), "exam 12 has no L-CC"],
    [faultOf({ ...parts, message: "exam 123 is new" }), "exam 12, L-CC: exam 123 is new"],
    [faultOf({ code: "x", message: "bad", row: 3, field: "a.b" }), "row 3, field a.b: bad"],
  ] as const;
  for (const [fault, text] of cases) assert.equal(faultText(fault), text);
});

Deno.test("a failure as JSON has type, message and all errors", () => {
  const { console, out, err } = keepingConsole({ json: true });
  const faults = [faultOf({ code: "x", message: "bad" })];
  const failure = new Failure("invalid", "Not so", { faults, faultsTotal: 9, also: { id: 1 } });
  tellFailure(failure, console, true);
  const { type, message, errors, errors_total, id } = JSON.parse(out.join(""));
  assert.deepEqual([type, message, errors, errors_total, id], ["invalid", "Not so", faults, 9, 1]);
  assert.deepEqual(err, ["Not so\n", "  bad\n", "  and 8 more\n"]);
});
