import type { Shard } from "../../../shared/contracts/evaluations.ts";
import type { Executor, Measurement, RecordedUse } from "../engine/executor.ts";
import { partId } from "../engine/job.ts";

/** Adds up what a cluster recorded of all parts, where the inner executor has such a record. */
export function recordedOfParts(
  { recorded }: Executor,
  partsOf: (id: string) => Promise<readonly string[]>,
): Pick<Executor, "recorded"> {
  if (recorded === undefined) return {};
  return {
    async recorded(ids): Promise<RecordedUse> {
      const parts = await Promise.all(ids.map(async (id) => [id, await partsOf(id)] as const));
      return await recorded(parts.flatMap(([id, of]) => of.length > 0 ? of : [id]));
    },
  };
}

/**
 * Adds up what the parts of a run use now.
 * @param measured the latest measurement of each part, which this updates
 */
export async function measureParts(
  id: string,
  shards: readonly Shard[],
  inner: Executor,
  measured: Map<string, Measurement>,
): Promise<Measurement | null> {
  for (const { part, status, gpus } of shards) {
    const job = partId(id, part);
    const now = status === "running" ? await inner.measure(job, gpus) : null;
    const before = measured.get(job);
    if (now !== null) measured.set(job, now);
    // What an ended part held is free again; its processor time stays used.
    else if (before !== undefined) measured.set(job, { ...NOTHING, cpuSeconds: before.cpuSeconds });
  }
  return sumOf(shards.flatMap(({ part }) => measured.get(partId(id, part)) ?? []));
}

const NOTHING: Measurement = {
  ...{
    memoryBytes: null,
    cpuSeconds: null,
    processes: null,
    gpuMemoryBytes: null,
    rootBytes: null,
  },
};

function sumOf(parts: readonly Measurement[]): Measurement | null {
  if (parts.length === 0) return null;
  const sum = (key: keyof Measurement): number | null => {
    const known = parts.map((part) => part[key]).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
  };
  return {
    memoryBytes: sum("memoryBytes"),
    cpuSeconds: sum("cpuSeconds"),
    processes: sum("processes"),
    gpuMemoryBytes: sum("gpuMemoryBytes"),
    rootBytes: sum("rootBytes"),
  };
}
