import { keepFor } from "../../../shared/async.ts";
import { runCommand } from "../engine/command.ts";
import type { SlurmChoices } from "./slurm_choices.ts";
import { ANSWER_MS } from "./slurm_queue.ts";

/** Counts the GPUs that a model's jobs could have at once; null if Slurm does not say. */
export type FreeGpus = (model: string) => Promise<number | null>;

/** States of a node that may start a job now. */
const OPEN_STATES = new Set(["idle", "mixed", "completing"]);

/**
 * Creates a counter of free GPUs. All models share one question to the controller in five seconds.
 * @param sbatchOptions name the partition, where a model's choice does not
 */
export function createFreeGpus(
  choices: SlurmChoices,
  sbatchOptions: readonly string[],
  run: typeof runCommand = runCommand,
): FreeGpus {
  const ask = keepFor(ANSWER_MS, () =>
    run("sinfo", [
      ...["--noheader", "--Node"],
      "--Format=NodeList:|,Partition:|,StateLong:|,Gres:|,GresUsed:|",
    ]));
  const partition = sbatchOptions.map((option) => /^(?:--partition=|-p)(.+)$/.exec(option)?.[1])
    .findLast((name) => name !== undefined);
  return async (model) => {
    const { exitCode, stdout } = await ask();
    if (exitCode !== 0) return null;
    const choice = Object.hasOwn(choices, model) ? choices[model]! : {};
    return countFree(stdout, choice.partition ?? partition, choice.gpu_type);
  };
}

/**
 * Counts the free GPUs in lines of `sinfo`: node, partition, state, GPUs and those in use.
 * @param partition names of partitions with commas; the default one if undefined
 * @param type of the GPUs; any if undefined
 */
export function countFree(text: string, partition?: string, type?: string): number {
  const wanted = partition?.split(",");
  const free = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [node = "", name = "", state = "", all = "", used = ""] = line.trim().split("|");
    const isWanted = wanted === undefined
      ? name.endsWith("*")
      : wanted.includes(name.replace("*", ""));
    if (isWanted && OPEN_STATES.has(state)) free.set(node, gpusIn(all, type) - gpusIn(used, type));
  }
  return [...free.values()].reduce((sum, count) => sum + count, 0);
}

/** Reads `gpu:a100:2(IDX:0-1),gpu:4`, with or without types. */
function gpusIn(gres: string, type?: string): number {
  return [...gres.matchAll(/\bgpu:(?:([^:(),]{1,100}):)?(\d{1,6})\b/g)]
    .filter(([, own]) => type === undefined || own === type)
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}
