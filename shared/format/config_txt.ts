/** Contents of a model folder's `config.txt`. */
export interface ModelConfig {
  /** Absolute path in the container where `predict/` is mounted, such as `/home/GMIC`. */
  readonly predictPath: string;
  /** Values for assignments in `predict.sh`, in file order, names unique. */
  readonly parameters: readonly ModelParameter[];
}

/** A value for an assignment in `predict.sh`. */
export interface ModelParameter {
  /** Name of the shell variable. */
  readonly name: string;
  /** Its value, without surrounding quotes. */
  readonly value: string;
}

const PREDICT_PATH = "CONTAINER_PREDICT_PATH";

/**
 * Parses a `config.txt`: `CONTAINER_PREDICT_PATH="…"`, then `NAME=value` lines; quotes are optional.
 * @throws {SyntaxError} with the line, when it is malformed or repeats a name, or the path is missing or unusable
 */
export function parseConfig(text: string): ModelConfig {
  const assignments = new Map<string, { line: number; value: string }>();
  for (const [index, raw] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const assignment = parseLine(raw, index + 1);
    if (assignment === null) continue;
    const { name, value } = assignment;
    if (assignments.has(name)) throw refusal(`line ${index + 1} sets ${name} a second time`);
    assignments.set(name, { line: index + 1, value });
  }
  const path = assignments.get(PREDICT_PATH);
  if (path === undefined) throw refusal(`${PREDICT_PATH} is missing`);
  assignments.delete(PREDICT_PATH);
  return {
    predictPath: normalisePath(path.value, path.line),
    parameters: [...assignments].map(([name, { value }]) => ({ name, value })),
  };
}

function parseLine(raw: string, line: number): ModelParameter | null {
  const text = raw.trim();
  if (text === "" || text.startsWith("#")) return null;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(text);
  if (match === null) throw refusal(`line ${line} is not NAME=value`);
  return { name: match[1]!, value: unquote(match[2]!.trimStart(), line) };
}

/** Strips quotes, or a comment after a space. */
function unquote(written: string, line: number): string {
  const quoted = betweenQuotes(written);
  const comment = written.search(/(?:^|\s)#/);
  const value = quoted ?? (comment < 0 ? written : written.slice(0, comment).trimEnd());
  if (quoted === null && /^["']/.test(value)) throw refusal(`line ${line} has an unclosed quote`);
  // deno-lint-ignore no-control-regex
  if (/[\0-\x1f\x7f]/.test(value)) throw refusal(`line ${line} has a control character`);
  return value;
}

/** Returns the text up to the first closing quote that only a comment may follow; null when there is none. */
function betweenQuotes(written: string): string | null {
  const quote = written[0];
  if (quote !== '"' && quote !== "'") return null;
  for (let end = written.indexOf(quote, 1); end > 0; end = written.indexOf(quote, end + 1)) {
    const rest = written.slice(end + 1).trimStart();
    if (rest === "" || rest.startsWith("#")) return written.slice(1, end);
  }
  return null;
}

/** `home/GMIC/` → `/home/GMIC`; refuses paths that could leave their place or break a mount. */
function normalisePath(path: string, line: number): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.length === 0) throw refusal(`line ${line}: ${PREDICT_PATH} is empty or the root`);
  if (segments.includes("..")) throw refusal(`line ${line}: ${PREDICT_PATH} contains ".."`);
  if (/[:,\\]/.test(path)) {
    throw refusal(`line ${line}: ${PREDICT_PATH} has a colon, comma or backslash`);
  }
  return `/${segments.join("/")}`;
}

function refusal(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read config.txt: ${reason}`);
}
