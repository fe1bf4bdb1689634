/** A variable that `predict.sh` assigns. */
export interface ScriptParameter {
  /** Name of the shell variable. */
  readonly name: string;
  /** Its literal value, or null when the shell computes it (`$1`, `$(…)`). */
  readonly default: string | null;
}

/** An assignment in a script, by positions in its text. */
interface Assignment {
  readonly name: string;
  /** Whether it starts its line, without indentation. */
  readonly topLevel: boolean;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const LINE_START = /^([ \t]*)(?:(?:export|readonly|local|declare|typeset)(?=[ \t]))?/gm;
const OPTION = /[ \t]+(?:-\w+(?=[ \t]))?/y;
const NAME = /([A-Za-z_]\w*)=/y;
const BETWEEN = /[ \t]*(?:(?:;|&&)[ \t]*)?(?=[A-Za-z_]\w*=)/y;
const CLOSING: Readonly<Record<string, string | undefined>> = { "(": ")", "{": "}", "`": "`" };

/**
 * Sets variables in a copy of `predict.sh`: every assignment at the start of a line gets the value. Unlike in the
 * metarepository, only the value is replaced, and none can break out of its quotes.
 * @example `setParameters("export INDEX=1 # which\n", new Map([["INDEX", "2"]]))` is `export INDEX='2' # which\n`
 * @throws {RangeError} when the script never assigns a name, listing the names that it assigns
 * @throws {TypeError} when a value has a control character
 */
export function setParameters(script: string, values: ReadonlyMap<string, string>): string {
  const assignments = assignmentsOf(script);
  const assigned = new Set(assignments.map(({ name }) => name));
  for (const [name, value] of values) {
    if (!assigned.has(name)) {
      const known = assigned.size === 0 ? "nothing" : [...assigned].join(", ");
      throw new RangeError(
        `Cannot set ${JSON.stringify(name)}: predict.sh never assigns it, it assigns ${known}`,
      );
    }
    // deno-lint-ignore no-control-regex
    if (/[\0-\x1f\x7f]/.test(value)) {
      throw new TypeError(`Cannot set ${name}: its value has a control character`);
    }
  }
  let copy = "";
  let copied = 0;
  for (const { name, valueStart, valueEnd } of assignments) {
    const value = values.get(name);
    if (value === undefined) continue;
    copy += script.slice(copied, valueStart) + quote(value);
    copied = valueEnd;
  }
  return copy + script.slice(copied);
}

/** Lists the top-level assignments of `predict.sh`, which a caller may set, with their first value, in file order. */
export function parametersOf(script: string): ScriptParameter[] {
  const defaults = new Map<string, string | null>();
  for (const { name, topLevel, valueStart, valueEnd } of assignmentsOf(script)) {
    if (!topLevel || defaults.has(name)) continue;
    defaults.set(name, literalValue(script.slice(valueStart, valueEnd)));
  }
  return [...defaults].map(([name, value]) => ({ name, default: value }));
}

function assignmentsOf(script: string): Assignment[] {
  const assignments: Assignment[] = [];
  let position = 0;
  for (const start of script.matchAll(LINE_START)) {
    if (start.index < position) continue; // a line inside a multi-line value
    position = afterOptions(script, start.index + start[0].length);
    while (true) {
      NAME.lastIndex = position;
      const name = NAME.exec(script)?.[1];
      if (name === undefined) break;
      const valueStart = position + name.length + 1;
      const valueEnd = endOfWord(script, valueStart);
      assignments.push({ name, topLevel: start[1] === "", valueStart, valueEnd });
      BETWEEN.lastIndex = valueEnd;
      position = valueEnd + (BETWEEN.exec(script)?.[0].length ?? 0);
      if (position === valueEnd) break;
    }
  }
  return assignments;
}

/** Position of the name after `export`, `declare -r` and the like. */
function afterOptions(script: string, start: number): number {
  let position = start;
  for (OPTION.lastIndex = start; OPTION.test(script);) position = OPTION.lastIndex;
  return position;
}

/** End of a shell word: a blank or operator outside quotes, escapes and substitutions. */
function endOfWord(script: string, start: number): number {
  const closers: string[] = [];
  let at = start;
  for (; at < script.length; at++) {
    const character = script[at]!;
    const closer = closers.at(-1);
    if (closer === "'") {
      if (character === "'") closers.pop();
    } else if (character === "\\") at++;
    else if (character === closer) closers.pop();
    else if (closer === '"' && character !== "`" && script[at - 1] !== "$") continue;
    else if (character === "'" && closer !== '"') closers.push("'");
    else if (character === '"') closers.push('"');
    else if (CLOSING[character] !== undefined) closers.push(CLOSING[character]);
    else if (closer === undefined && /[ \t\r\n;&|<>)]/.test(character)) return at;
  }
  if (closers.length === 0) return script.length;
  const newline = script.indexOf("\n", start); // an unclosed quote: take the rest of its line
  return newline < 0 ? script.length : newline;
}

/** Literal value of a word, or null when the shell computes it. */
function literalValue(word: string): string | null {
  let value = "";
  for (
    const [whole, single, double, escaped] of word.matchAll(
      /'([^']*)'|"((?:[^"\\$`]|\\[^])*)"|\\([^])|[^'"\\$`]|[^]/g,
    )
  ) {
    if (single !== undefined) value += single;
    else if (double !== undefined) value += double.replace(/\\(["\\$`])/g, "$1");
    else if (escaped !== undefined) value += escaped;
    else if (/['"\\$`(]/.test(whole)) return null;
    else value += whole;
  }
  return value;
}

/** Quotes any value as one bash word. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
