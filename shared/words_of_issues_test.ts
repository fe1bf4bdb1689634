import assert from "node:assert/strict";
import { z } from "zod";
import { wordsOf } from "./words_of_issues.ts";

/** Words of zod's own messages. */
const LIBRARY_WORDS = /invalid input|received|expected|too (?:small|big)|unrecognized|nan\b/i;

Deno.test("what does not fit is told in plain words, whatever the schema and the value", () => {
  const schemas: z.ZodType[] = [
    ...[z.string(), z.number(), z.int(), z.boolean(), z.null(), z.date(), z.array(z.int())],
    ...[z.object({ a: z.string() }), z.strictObject({}), z.record(z.string().max(1), z.int())],
    ...[z.enum(["a", "b"]), z.literal(3), z.uuid(), z.url(), z.iso.datetime(), z.email()],
    ...[z.string().min(2).max(3), z.number().gt(1).lt(2), z.number().multipleOf(0.5)],
    ...[z.array(z.any()).min(1).max(1), z.tuple([z.int()]), z.string().regex(/^x$/)],
    ...[z.coerce.number(), z.coerce.number().int(), z.coerce.date(), z.string().startsWith("x")],
    z.union([z.string(), z.array(z.string())]),
    z.union([z.uuid(), z.literal("")]),
    z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") })]),
    z.any().refine(() => false),
  ];
  const values = [
    ...[undefined, null, "", "abcdef", 0, 1.23, 1e400, NaN, -1, 2 ** 60, true, [], [1, "2"], {}],
    ...[{ a: 1 }, { kind: "c" }, { long: 1 }, { extra: 1 }, () => 1, new Date(NaN)],
  ];
  let refused = 0;
  for (const schema of schemas) {
    for (const value of values) {
      for (const { message } of schema.safeParse(value).error?.issues ?? []) {
        assert.doesNotMatch(message, LIBRARY_WORDS);
        assert.match(message, /^(?:must|is|has|cannot)\b/);
        refused++;
      }
    }
  }
  assert.ok(refused > 200);
});

Deno.test("words of some issues", () => {
  const told = (schema: z.ZodType, value: unknown): string =>
    schema.safeParse(value).error!.issues[0]!.message;
  assert.equal(told(z.string(), undefined), "is missing (a text)");
  assert.equal(told(z.coerce.number(), "x"), "must be a number");
  assert.equal(told(z.string().min(1), ""), "must have at least 1 character");
  assert.equal(told(z.number().gt(0), 0), "must be more than 0");
  assert.equal(told(z.enum(["a", "b"]), "c"), 'must be one of "a", "b"');
  assert.equal(told(z.union([z.string(), z.array(z.string())]), 3), "must be a text, or a list");
  assert.equal(told(z.string().regex(/x/, "own words"), "y"), "own words");
  assert.equal(wordsOf({ code: "custom", input: 1 } as z.core.$ZodRawIssue), "cannot be used");
});
