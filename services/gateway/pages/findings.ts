import { z } from "zod";
import type { Finding } from "./overview_page.tsx";

const GIB = 2 ** 30;

/** What `/v1/doctor` answers, read as lines for people. */
export const findingsOf: z.ZodType<Finding[]> = z.object({
  executor: z.string(),
  docker: z.object({ message: z.string() }),
  gpus: z.object({ message: z.string() }),
  volume: z.object({ free_bytes: z.number().nullable() }),
  users: z.object({ message: z.string() }),
}).transform(({ executor, docker, gpus, volume, users }): Finding[] => [
  { subject: "Models run by", message: executor },
  { subject: "Docker engine", message: docker.message },
  { subject: "GPUs", message: gpus.message },
  { subject: "Room on the volume", message: roomText(volume.free_bytes) },
  { subject: "Containers run as", message: users.message },
]);

function roomText(bytes: number | null): string {
  return bytes === null ? "not known" : `${(bytes / GIB).toFixed(1)} GiB`;
}
