import { z } from "zod";
import { bytesText } from "../../../shared/pages/mod.ts";

/** One thing that was looked at on this machine. */
export interface Finding {
  readonly subject: string;
  readonly message: string;
}

/** What `/v1/doctor` answers, read as lines for people. */
export const findingsOf: z.ZodType<Finding[]> = z.object({
  executor: z.string(),
  docker: z.object({ message: z.string(), limits_lacking: z.array(z.string()) }),
  gpus: z.object({ message: z.string() }),
  volume: z.object({ free_bytes: z.number().nullable() }),
  users: z.object({ message: z.string() }),
}).transform(({ executor, docker, gpus, volume, users }): Finding[] => [
  { subject: "Models run by", message: executor },
  { subject: "Docker engine", message: docker.message },
  ...(docker.limits_lacking.length === 0 ? [] : [{
    subject: "Limits",
    message: `do not hold: the engine cannot bound ${docker.limits_lacking.join(", ")}`,
  }]),
  { subject: "GPUs", message: gpus.message },
  { subject: "Room on the volume", message: roomText(volume.free_bytes) },
  { subject: "Containers run as", message: users.message },
]);

function roomText(bytes: number | null): string {
  return bytes === null ? "not known" : bytesText(bytes);
}
