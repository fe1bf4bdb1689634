import { type ParseErrorCode, visit } from "jsonc-parser";
import { Problem } from "./problem.ts";

/** Messages by the parser's error code. */
const FAULTS: Partial<Record<ParseErrorCode, string>> = {
  1: "unexpected text, not JSON",
  2: "not a JSON number",
  3: "a field name in double quotes is missing, or there is an extra comma",
  4: "a value is missing, or there is an extra comma",
  5: "a colon is missing",
  6: "a comma is missing",
  7: "the closing brace is missing",
  8: "the closing bracket is missing",
  9: "there is text after the end",
  10: "JSON does not allow comments",
  12: "the string has no closing quote on its line",
  14: "\\u needs four hexadecimal digits",
  15: "JSON does not allow this character after a backslash",
  16: "a control character must be written as an escape",
};

/**
 * Parses JSON.
 * @throws {Problem} `invalid_request` with line and column
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem("invalid_request", `${what} is not JSON: ${faultOf(text)}`, { cause });
  }
}

function faultOf(text: string): string {
  if (text.trim() === "") return "it is empty";
  let first: string | null = null;
  try {
    visit(text, {
      onError(code, _offset, _length, line, column): void {
        first ??= `line ${line + 1}, column ${column + 1}: ${FAULTS[code] ?? "it cannot be read"}`;
      },
    }, { disallowComments: true, allowTrailingComma: false });
  } catch {
    // Nested too deep to locate the error.
  }
  return first ?? "check its quotes, commas and brackets, and whether it is complete";
}
