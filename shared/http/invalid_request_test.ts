import assert from "node:assert/strict";
import { z } from "zod";
import { invalidRequest } from "./invalid_request.ts";

const SCHEMA = z.strictObject({
  images: z.string(),
  options: z.strictObject({ seed: z.number().min(0) }),
});

function told(value: unknown): string {
  return invalidRequest(SCHEMA.safeParse(value).error!, "body").message;
}

Deno.test("a misspelt field is named before the one that is missing for it", () => {
  assert.equal(
    told({ imagse: "x", options: { seed: -1, sede: 1 } }),
    "options.sede: is not a field of this request; imagse: is not a field of this request; " +
      "images: is missing (a text) (and 1 more: see errors)",
  );
});

Deno.test("what is no object is told of the body, what is of another type of its field", () => {
  assert.match(told(3), /^body: must be an object$/);
  assert.match(told({ images: 3, options: { seed: 1 } }), /^images: must be a text/);
});

Deno.test("a body that is not there at all is missing", () => {
  assert.equal(told(undefined), "body: is missing (an object)");
});
