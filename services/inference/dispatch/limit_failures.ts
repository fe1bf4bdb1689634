import { sizeText } from "../../../shared/size.ts";
import type { Failure } from "../engine/executor.ts";

export function timedOut(timeoutS: number): Failure {
  const message = `The run took longer than timeout_s = ${timeoutS} s and was stopped: ` +
    "allow more time or evaluate fewer exams";
  return { type: "timed_out", message };
}

export function tooMuchOutput(bytes: number): Failure {
  const message =
    `The model printed more than ${
      sizeText(bytes)
    } and was stopped: it may be in an endless loop. ` +
    "Print less, or raise limits.output and MAMMOEVAL_OUTPUT";
  return { type: "too_much_output", message };
}

/** `used` bytes of preprocessed images, predictions and other folders; Infinity if too deep to count. */
export function diskLimit(used: number, most: number): Failure {
  if (!Number.isFinite(used)) {
    return {
      type: "disk_limit_exceeded",
      message:
        "The run created folders that are nested so deeply that its files cannot be counted, " +
        "and was stopped: the model's author must use fewer levels of folders",
    };
  }
  const message =
    `What the run wrote took ${sizeText(used)}, over the limit of ${
      sizeText(most)
    } for preprocessed ` +
    "images, predictions and other folders of its container, and it was stopped: raise limits.disk and MAMMOEVAL_DISK, " +
    "or evaluate fewer exams";
  return { type: "disk_limit_exceeded", message };
}

/** The volume is nearly full: bytes left, and bytes that must be left. */
export function volumeFull(free: number, least: number): Failure {
  const message =
    `Only ${sizeText(free)} were free on the volume, ${sizeText(least)} must remain free ` +
    "(MAMMOEVAL_DISK_FREE), and the run was stopped: delete evaluations or free some space, " +
    "then evaluate again";
  return { type: "disk_full", message };
}

export function tooManyProcesses(pids: number): Failure {
  const message = `The model used all of its ${pids} processes and threads. ` +
    "Lower NUM_PROCESSES, or raise limits.pids and MAMMOEVAL_PIDS";
  return { type: "too_many_processes", message };
}
