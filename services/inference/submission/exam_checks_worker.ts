/**
 * A thread that checks requests against data lists: one of 100,000 exams takes seconds to read. It keeps the
 * list that it has read last, and gives its memory back when it is ended.
 *
 * @module
 */
import type { Exam } from "../../../shared/domain/mod.ts";
import { readDataList } from "../../../shared/format/mod.ts";
import { checkExams, type ExamsAnswer, type ExamsQuestion } from "./check_exams.ts";

/** A question about one data list. */
export interface ExamsOrder {
  /** Absolute path of the list, a pickle. */
  readonly path: string;
  /** Changes with the list. */
  readonly digest: string | null;
  readonly question: ExamsQuestion;
}

/** What comes of it. */
export type ExamsMessage = { readonly answer: ExamsAnswer } | { readonly failure: string };

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ExamsOrder>) => void;
  postMessage(message: ExamsMessage): void;
};

let read:
  | { readonly path: string; readonly digest: string | null; readonly exams: readonly Exam[] }
  | null = null;

function answer({ path, digest, question }: ExamsOrder): ExamsAnswer {
  if (digest === null || read?.path !== path || read.digest !== digest) {
    read = null; // two lists at a time would take twice the memory
    read = { path, digest, exams: readDataList(Deno.readFileSync(path), "pkl").exams };
  }
  return checkExams(read.exams, question);
}

thread.onmessage = ({ data }): void => {
  try {
    thread.postMessage({ answer: answer(data) });
  } catch (error) {
    thread.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
};
