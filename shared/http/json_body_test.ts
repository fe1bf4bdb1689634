import assert from "node:assert/strict";
import { parseJson } from "./json_body.ts";
import { Problem } from "./problem.ts";

function told(text: string): string {
  try {
    parseJson(text, "The body");
  } catch (error) {
    if (error instanceof Problem && error.type === "invalid_request") return error.message;
    throw error;
  }
  return "fine";
}

Deno.test("parseJson: says line and column of what is wrong", () => {
  const cases: [string, RegExp][] = [
    ['{"a": 1}', /^fine$/],
    ['{\n  "a": 1,\n}', /^The body is not JSON: line 3, column 1: .* extra comma/],
    ['{\n  "a": 1\n  "b": 2}', /line 3, column 3: a comma is missing/],
    ['{"a" 1}', /line 1, column 6: a colon/],
    ['{"a": 1', /line 1, column 8: the closing brace/],
    ['{"a": "x', /line 1, column 7: the string has no closing quote/],
    ["{'a': 1}", /line 1, column 2: /],
    ['{"a": NaN}', /line 1, column 7: /],
    ['{"a": 1} x', /line 1, column 10: /],
    ["/* c */ {}", /line 1, column 1: JSON does not allow comments/],
    ["", /is not JSON: it is empty/],
    ["[".repeat(1_000_000), /cut off|bracket/],
  ];
  for (const [text, expected] of cases) assert.match(told(text), expected, text.slice(0, 50));
});
