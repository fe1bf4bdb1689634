import { ForeignAnswerError, NoAnswerError, ProblemError } from "../client/mod.ts";
import type { Fault } from "../shared/domain/mod.ts";
import { EXIT, UsageError } from "./command_line/mod.ts";
import type { Console } from "./console.ts";

/** Most faults printed; the rest is counted, and the JSON document has all. */
const FAULTS_PRINTED_MAX = 50;

export interface FailureParts {
  readonly faults?: readonly Fault[];
  /** Total number of faults, if `faults` has only some. */
  readonly faultsTotal?: number;
  /** Further lines for people, such as the end of a log. */
  readonly lines?: readonly string[];
  /** Additional members of the JSON document. */
  readonly also?: Readonly<Record<string, unknown>>;
  readonly exitCode?: number;
}

/** Why a command failed, with everything that is reported. */
export class Failure extends Error {
  /** Stable slug; the service's type if it sent a problem. */
  readonly type: string;
  readonly faults: readonly Fault[];
  readonly faultsTotal: number;
  readonly lines: readonly string[];
  readonly also: Readonly<Record<string, unknown>>;
  readonly exitCode: number;

  /** @param message what is wrong and what to do */
  constructor(type: string, message: string, parts: FailureParts = {}) {
    super(message);
    this.name = "Failure";
    this.type = type;
    this.faults = parts.faults ?? [];
    this.faultsTotal = parts.faultsTotal ?? this.faults.length;
    this.lines = parts.lines ?? [];
    this.also = parts.also ?? {};
    this.exitCode = parts.exitCode ?? EXIT.failed;
  }
}

/** Converts any error to a failure with its exit code. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof UsageError) {
    const lines = error.message.split("\n").slice(1);
    return new Failure("usage", error.reason, { lines, exitCode: EXIT.usage });
  }
  if (error instanceof ProblemError) {
    const { type, detail, errors, errorsTotal } = error;
    return new Failure(type, detail, { faults: errors, faultsTotal: errorsTotal });
  }
  if (error instanceof NoAnswerError) return new Failure("no_answer", error.message);
  if (error instanceof ForeignAnswerError) return new Failure("no_mammoeval", error.message);
  return new Failure("failed", error instanceof Error ? error.message : String(error));
}

/** Prints a failure on standard error, and as a JSON document if requested. */
export function tellFailure(failure: Failure, console: Console, json: boolean): void {
  const { type, message, faults, faultsTotal, lines, also } = failure;
  console.complaint(message);
  for (const fault of faults.slice(0, FAULTS_PRINTED_MAX)) {
    console.complaint(`  ${faultText(fault)}`);
  }
  const more = faultsTotal - Math.min(faults.length, FAULTS_PRINTED_MAX);
  if (more > 0) console.complaint(`  and ${more} more`);
  for (const line of lines) console.note(line);
  if (json) console.document({ type, message, errors: faults, errors_total: faultsTotal, ...also });
}

/** Returns a fault's message, prefixed with the parts of its location that the message does not name. */
export function faultText({ exam, view, image, row, field, message }: Fault): string {
  const named = (text: string): boolean =>
    new RegExp(`(?<![\\w-])${RegExp.escape(text)}(?![\\w-])`).test(message);
  const parts: [string, string | number | null | undefined][] = [
    ["exam ", exam],
    ["", view],
    ["image ", image],
    ["row ", row],
    ["field ", field],
  ];
  const where = parts
    .filter(([, value]) => value !== null && value !== undefined && !named(String(value)))
    .map(([what, value]) => `${what}${value}`);
  return where.length === 0 ? message : `${where.join(", ")}: ${message}`;
}
