import assert from "node:assert/strict";
import { PathNotAllowed } from "../volume/containment.ts";
import { Problem } from "./problem.ts";
import { readEvery } from "./read_every.ts";

const refuse = (message: string) => (): never => {
  throw new Problem("invalid_request", message);
};

async function problemOf(readers: Record<string, () => unknown>): Promise<Problem> {
  return await readEvery(readers).then(() => assert.fail("it was taken"), (error) => error);
}

Deno.test("fields that can be read are returned by name", async () => {
  const read = await readEvery({ one: () => 1, two: () => Promise.resolve("b") });
  assert.deepEqual(read, { one: 1, two: "b" });
});

Deno.test("a single problem stays as it is", async () => {
  const problem = await problemOf({ one: () => 1, two: refuse("two: must be a number") });
  assert.equal(problem.message, "two: must be a number");
  assert.deepEqual(problem.errors, []);
});

Deno.test("several problems are told at once, each at its field", async () => {
  const problem = await problemOf({
    one: refuse("one: must be a number"),
    two: refuse("Nothing was sent"),
    images: () => {
      throw new PathNotAllowed("/etc", "/etc is not under an allowed folder");
    },
  });
  assert.equal(problem.type, "invalid_request");
  assert.deepEqual(problem.errors.map(({ field, message }) => [field, message]), [
    ["one", "must be a number"],
    [undefined, "Nothing was sent"],
    ["images", "/etc is not under an allowed folder"],
  ]);
  assert.equal(problem.errorsTotal, 3);
});

Deno.test("what is no refusal is thrown at once", async () => {
  const broken = new Error("broken");
  await assert.rejects(
    readEvery({
      one: () => {
        throw broken;
      },
      two: refuse("two: is wrong"),
    }),
    broken,
  );
});
