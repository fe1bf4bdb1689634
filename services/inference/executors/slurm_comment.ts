/** What is written on every job, so that a later process, and an operator, knows whose it is. */
const COMMENT = /^mammoeval gpus=(\d+) volume=(.*)$/;

/**
 * @param volume absolute path of the results volume
 * @param gpus that the job asks for
 */
export function commentFor(volume: string, gpus: number): string {
  return `mammoeval gpus=${gpus} volume=${volume}`;
}

/** @returns the volume that a job's comment names, or null when it is not ours */
export function volumeIn(comment: string): string | null {
  return COMMENT.exec(comment)?.[2] ?? null;
}

/** @returns how many GPUs a job's comment says that it asked for */
export function gpusIn(comment: string): number {
  return Number(COMMENT.exec(comment)?.[1] ?? 0);
}
