import { ForeignAnswerError, NoAnswerError, ProblemError } from "../client/mod.ts";
import type { Fault } from "../shared/domain/mod.ts";
import { EXIT, UsageError } from "./command_line/mod.ts";
import type { Console } from "./console.ts";

/** Faults printed; the rest is counted, and all are in the JSON document. */
const FAULTS_PRINTED_MAX = 50;

/** What may be told of a failure besides its message. */
export interface FailureParts {
  readonly faults?: readonly Fault[];
  /** How many there are in all, where those are a part. */
  readonly faultsTotal?: number;
  /** Further lines for people: the end of a log, say. */
  readonly lines?: readonly string[];
  /** Further members of the JSON document. */
  readonly also?: Readonly<Record<string, unknown>>;
  readonly exitCode?: number;
}

/** Why a command could not do what it should; everything that is told of it. */
export class Failure extends Error {
  /** Stable slug: the service's where it said why. */
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

/** @returns it as a failure, with the exit code that goes with it */
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

/**
 * Tells of a failure: lines for people on standard error, and the JSON document where one is wanted.
 *
 * @param json whether the result is one JSON document
 */
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

/** @returns its message, behind those parts of the place that the message does not name itself */
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
