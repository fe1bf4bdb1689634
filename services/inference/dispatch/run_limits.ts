import type { LimitsRequest } from "../../../shared/contracts/evaluations.ts";
import { bytesOf, sizeText } from "../../../shared/size.ts";
import type { JobLimits } from "../engine/job.ts";

/** The requested limits, already checked by {@link limitFaults}, with the site's as defaults. */
export function limitsFor(asked: LimitsRequest, site: JobLimits): JobLimits {
  return {
    memory: asked.memory ?? site.memory,
    pids: asked.pids ?? site.pids,
    cpus: asked.cpus ?? site.cpus,
    temporary: site.temporary,
    sharedMemoryPercent: site.sharedMemoryPercent,
    diskBytes: asked.disk === undefined ? site.diskBytes : bytesOf(asked.disk),
    outputBytes: asked.output === undefined ? site.outputBytes : bytesOf(asked.output),
  };
}

/** A message for each requested limit that exceeds the site's maximum of one evaluation. */
export function limitFaults(asked: LimitsRequest, site: JobLimits): string[] {
  const sizes: [string, string | undefined, number, string][] = [
    ["memory", asked.memory, bytesOf(site.memory), "MAMMOEVAL_MEMORY"],
    ["disk", asked.disk, site.diskBytes, "MAMMOEVAL_DISK"],
    ["output", asked.output, site.outputBytes, "MAMMOEVAL_OUTPUT"],
  ];
  const counts: [string, number | undefined, number, string][] = [
    ["pids", asked.pids, site.pids, "MAMMOEVAL_PIDS"],
    ["cpus", asked.cpus, site.cpus, "the machine's cores by MAMMOEVAL_CPU_SLOTS"],
  ];
  return [
    ...sizes.filter(([, text, most]) => text !== undefined && bytesOf(text) > most)
      .map(([name, text, most, setting]) =>
        `limits.${name}: ${text} is over this site's ${sizeText(most)} (${setting})`
      ),
    ...counts.filter(([, number, most]) => number !== undefined && number > most)
      .map(([name, number, most, setting]) =>
        `limits.${name}: ${number} is over this site's ${most} (${setting})`
      ),
  ];
}
