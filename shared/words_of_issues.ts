/** Messages for zod issues; loading this module sets them for schemas without messages of their own. */
import { z } from "zod";

type Issue = z.core.$ZodRawIssue;

/** Names of the expected types, by zod's name. */
const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  date: "a date",
};

/** Names of formats, with an example where needed. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: "a UUID, such as 0198c0de-0000-7000-8000-000000000000",
  url: "a URL, such as https://example.org/path",
  email: "an e-mail address",
  datetime: "a moment, such as 2030-01-31T12:00:00Z",
  date: "a date, such as 2030-01-31",
};

z.config({ customError: wordsOf });

/** Returns the message for an issue, as a predicate without its subject. */
export function wordsOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, issue.input);
    case "invalid_value":
      return oneOf(issue.values.map((value) => JSON.stringify(value) ?? String(value)));
    case "too_small":
      return bound(
        issue.origin,
        issue.exact ? "exactly" : "at least",
        issue.minimum,
        issue.inclusive,
      );
    case "too_big":
      return bound(
        issue.origin,
        issue.exact ? "exactly" : "at most",
        issue.maximum,
        issue.inclusive,
      );
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return FORMATS[issue.format] === undefined
        ? "has an invalid format"
        : `must be ${FORMATS[issue.format]}`;
    case "invalid_union":
      return eitherOf(issue.errors.flat().map(({ message }) => message));
    case "invalid_key":
      return `has a name that ${issue.issues[0]?.message ?? "cannot be used"}`;
    case "unrecognized_keys":
      return `has unknown fields: ${issue.keys.join(", ")}`;
    default:
      return "cannot be used";
  }
}

function wrongType(expected: string, input: unknown): string {
  const kind = KINDS[expected] ?? "something else";
  return input === undefined ? `is missing (${kind})` : `must be ${kind}`;
}

function bound(origin: string, how: string, limit: number | bigint, inclusive = true): string {
  const isOne = Number(limit) === 1;
  switch (origin) {
    case "string":
      return `must have ${how} ${limit} character${isOne ? "" : "s"}`;
    case "array":
    case "set":
    case "map":
      return `must have ${how} ${limit} ${isOne ? "entry" : "entries"}`;
    case "object":
      return `must have ${how} ${limit} field${isOne ? "" : "s"}`;
    default:
      if (inclusive) return `must be ${how} ${limit}`;
      return `must be ${how === "at least" ? "more" : "less"} than ${limit}`;
  }
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(", ")}`;
}

/** Joins the messages of a union's branches ("must be a", "must be b") into one. */
function eitherOf(messages: readonly string[]): string {
  const wishes = messages.map((message) =>
    message.replace(/^is missing \((.*)\)$/, "$1").replace(/^must be /, "")
  );
  return wishes.length === 0 ? "cannot be used" : `must be ${[...new Set(wishes)].join(", or ")}`;
}
