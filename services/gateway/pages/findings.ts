import { z } from "zod";
import { damagedFilesSchema } from "../../../shared/contracts/doctor.ts";
import { ITEMS_SHOWN_MAX } from "../../../shared/limits.ts";
import { bytesText } from "../../../shared/pages/mod.ts";
import type { DamagedFile } from "../../../shared/volume/mod.ts";

/** One line of the machine's diagnosis. */
export interface Finding {
  readonly subject: string;
  readonly message: string;
}

/** Converts the answer of `/v1/doctor` to lines for people. */
export const findingsOf: z.ZodType<Finding[]> = z.object({
  executor: z.string(),
  docker: z.object({ message: z.string(), limits_lacking: z.array(z.string()) }),
  podman: z.object({ message: z.string(), limits_lacking: z.array(z.string()) }).nullish(),
  apptainer: z.object({ message: z.string() }).nullish(),
  gpus: z.object({ message: z.string() }),
  volume: z.object({
    free_bytes: z.number().nullable(),
    damaged: damagedFilesSchema,
    damaged_total: z.number(),
  }),
  models: z.object({ overriding: z.array(z.object({ name: z.string(), folder: z.string() })) }),
  users: z.object({ message: z.string() }),
}).transform(({ executor, docker, podman, apptainer, gpus, volume, models, users }): Finding[] => [
  { subject: "Models run with", message: executor },
  apptainer
    ? { subject: "Apptainer", message: apptainer.message }
    : podman
    ? { subject: "Podman", message: podman.message }
    : { subject: "Docker engine", message: docker.message },
  ...((podman ?? docker).limits_lacking.length === 0 ? [] : [{
    subject: "Limits",
    message: `not enforced: the engine cannot limit ${
      (podman ?? docker).limits_lacking.join(", ")
    }`,
  }]),
  { subject: "GPUs", message: gpus.message },
  { subject: "Free space on the volume", message: roomText(volume.free_bytes) },
  ...models.overriding.map(({ name, folder }) => ({
    subject: `Model ${name}`,
    message: `${folder} replaces the folder of the same name in models/`,
  })),
  { subject: "Containers run as", message: users.message },
  ...damageFindings(volume),
]);

/** An admin sees which files are damaged; others see how many. */
function damageFindings(
  { damaged, damaged_total }: { damaged: DamagedFile[]; damaged_total: number },
): Finding[] {
  const shown = damaged.slice(0, ITEMS_SHOWN_MAX).map(({ path, reason }) => ({
    subject: "Stored file",
    message: `${path} cannot be used: ${reason}`,
  }));
  const more = damaged_total - shown.length;
  if (more === 0) return shown;
  const files = more === 1 ? "1 stored file" : `${more} stored files`;
  return [...shown, { subject: "Stored files", message: `${files} cannot be used` }];
}

function roomText(bytes: number | null): string {
  return bytes === null ? "not known" : bytesText(bytes);
}
