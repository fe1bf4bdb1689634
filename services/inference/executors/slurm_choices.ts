import { z } from "zod";
import "../../../shared/words_of_issues.ts";
import type { Job } from "../engine/job.ts";

/** Names as Slurm's configuration has them; a partition may be a list. */
const name = z.string().regex(
  /^[\w.,@+-]{1,200}$/,
  "must be a name of letters, digits and . , _ @ + -, as Slurm has it",
);

/** What one model's jobs ask of Slurm; what is missing is left to MAMMOEVAL_SLURM_OPTIONS. */
const slurmChoice = z.strictObject({
  gpu_type: name.optional(),
  partition: name.optional(),
  account: name.optional(),
  qos: name.optional(),
  time_limit_s: z.number().int().min(60).max(30 * 86_400).optional(),
});

/** The file of MAMMOEVAL_SLURM_MODELS: what the jobs of each model ask of Slurm, by the model's name. */
export const slurmChoices = z.record(z.string(), slurmChoice);

/** What the jobs of each model ask of Slurm, by the model's name. */
export type SlurmChoices = Readonly<z.infer<typeof slurmChoices>>;

/**
 * Reads the file of MAMMOEVAL_SLURM_MODELS; "" for no choices.
 * @throws {RangeError} if the file cannot be used; names the file and each wrong field
 */
export async function readSlurmChoices(path: string): Promise<SlurmChoices> {
  if (path === "") return {};
  const refuse = (reason: string): never => {
    throw new RangeError(`Cannot read the settings: MAMMOEVAL_SLURM_MODELS=${path}: ${reason}`);
  };
  const text = await Deno.readTextFile(path).catch((error) => refuse(String(error.message)));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    refuse(`is no JSON: ${(error as Error).message}`);
  }
  const parsed = slurmChoices.safeParse(content);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  return refuse(faults.map((fault) => fault.trim()).join("; "));
}

/** Arguments of `sbatch` for a job's GPUs, place and time. */
export function chosenArguments(job: Job, choices: SlurmChoices): string[] {
  const { gpu_type, partition, account, qos, time_limit_s } = Object.hasOwn(choices, job.model)
    ? choices[job.model]!
    : {};
  const type = gpu_type === undefined ? "" : `${gpu_type}:`;
  const seconds = Math.min(job.timeoutS, time_limit_s ?? Infinity);
  return [
    `--time=${Math.ceil(seconds / 60)}`,
    ...job.gpuCount > 0 ? [`--gres=gpu:${type}${job.gpuCount}`] : [],
    ...partition === undefined ? [] : [`--partition=${partition}`],
    ...account === undefined ? [] : [`--account=${account}`],
    ...qos === undefined ? [] : [`--qos=${qos}`],
  ];
}
