import { runCommand } from "../engine/command.ts";
import type { ContainerEngine } from "../engine/container_engine.ts";
import type { Measurement } from "../engine/executor.ts";

/** The fields of the engine's statistics that are read here. */
interface EngineStatistics {
  readonly pids_stats?: { readonly current?: number };
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: { readonly usage?: number; readonly max_usage?: number };
}

/** Asks the engine's API, as `docker stats` rounds; null when not running or without the API. */
export async function measureContainer(
  engine: ContainerEngine,
  container: string,
  gpus: readonly number[],
): Promise<Measurement | null> {
  const [statistics, gpuMemoryBytes, rootBytes] = await Promise.all([
    engine.hasApi ? askEngine(engine, container) : askClient(engine, container),
    gpuMemory(gpus),
    rootSize(engine, container),
  ]);
  return statistics === null ? null : { ...statistics, gpuMemoryBytes, rootBytes };
}

/** Bytes that the container has written over its image, in /var/tmp for example. */
async function rootSize(engine: ContainerEngine, container: string): Promise<number | null> {
  const format = "{{.SizeRw}}";
  const result = await engine.run(["inspect", "--size", "--format", format, container]);
  return /^\d+\s*$/.test(result.stdout) ? Number(result.stdout) : null;
}

type Statistics = Omit<Measurement, "gpuMemoryBytes" | "rootBytes">;

async function askEngine(engine: ContainerEngine, container: string): Promise<Statistics | null> {
  // With HTTP/1.0 the engine closes the connection after its answer, and the client ends.
  const path = `/containers/${container}/stats?stream=false&one-shot=true`;
  const request = `GET ${path} HTTP/1.0\r\nHost: docker\r\n\r\n`;
  return readStatistics((await engine.run(["system", "dial-stdio"], { input: request })).stdout);
}

/** Podman prints its own numbers, and none where it has no control groups: then only the size is known. */
async function askClient(engine: ContainerEngine, container: string): Promise<Statistics> {
  const format = ["MemUsage", "CPUNano", "PIDs"].map((name) => `{{.ContainerStats.${name}}}`);
  const result = await engine.run([
    "stats",
    "--no-stream",
    "--format",
    format.join(" "),
    container,
  ]);
  const [memory, nanoseconds, processes] = /^(\d+) (\d+) (\d+)\s*$/.exec(result.stdout)?.slice(1)
    .map(Number) ?? [];
  return {
    memoryBytes: memory ?? null,
    cpuSeconds: nanoseconds === undefined ? null : nanoseconds / 1e9,
    processes: processes ?? null,
  };
}

/** Parses the engine's answer (head and body) to memory, CPU and processes; null when it has none of them. */
export function readStatistics(answer: string): Statistics | null {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd < 0 || !/^HTTP\/1\.\d 200 /.test(answer)) return null;
  const body = answer.slice(headEnd).trim();
  if (!body.startsWith("{")) return null;
  let parsed: EngineStatistics;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  const { pids_stats: pids, cpu_stats: cpu, memory_stats: memory } = parsed;
  if (pids?.current === undefined) return null;
  const nanoseconds = cpu?.cpu_usage?.total_usage;
  return {
    // cgroup v2 reports no peak.
    memoryBytes: memory?.max_usage ?? memory?.usage ?? null,
    cpuSeconds: nanoseconds === undefined ? null : nanoseconds / 1e9,
    processes: pids.current,
  };
}

/** Bytes in use on these GPUs (indices) together; null when unknown. */
export async function gpuMemory(gpus: readonly number[]): Promise<number | null> {
  if (gpus.length === 0) return null;
  const result = await runCommand("nvidia-smi", [
    `--id=${gpus.join(",")}`,
    "--query-gpu=memory.used",
    "--format=csv,noheader,nounits",
  ]);
  if (result.exitCode !== 0) return null;
  const mebibytes = result.stdout.split("\n").filter((line) => /^\s*\d+\s*$/.test(line)).map(
    Number,
  );
  return mebibytes.reduce((sum, value) => sum + value, 0) * 1024 * 1024;
}
