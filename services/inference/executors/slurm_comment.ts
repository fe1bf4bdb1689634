/** Comment of every job; tells a later process and an operator whose job it is. */
const COMMENT = /^mammoeval gpus=(\d+) volume=(.*)$/;

/**
 * Comment of a new job.
 * @param volume absolute path of the results volume
 * @param gpus that the job requests
 */
export function commentFor(volume: string, gpus: number): string {
  return `mammoeval gpus=${gpus} volume=${volume}`;
}

/** The volume that a job's comment names, or null if the job is not mammoeval's. */
export function volumeIn(comment: string): string | null {
  return COMMENT.exec(comment)?.[2] ?? null;
}

/** How many GPUs a job requested, by its comment. */
export function gpusIn(comment: string): number {
  return Number(COMMENT.exec(comment)?.[1] ?? 0);
}
