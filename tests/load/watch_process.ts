/** What a process took up at one moment. */
export interface ProcessLook {
  /** Since the watching began, in seconds. */
  readonly at: number;
  readonly rssMib: number;
  /** Processor time of all its threads so far, in seconds; that of programs it has started is not in it. */
  readonly cpuS: number;
}

/** The kernel counts processor time in ticks of a hundredth of a second on every Linux that Deno runs on. */
const TICKS_PER_S = 100;
const LOOK_EVERY_MS = 500;

/**
 * Looks at a process twice a second.
 *
 * @param pid of the process
 * @param signal ends the watching
 * @returns what was seen, the last look at the end
 */
export async function watchProcess(pid: number, signal: AbortSignal): Promise<ProcessLook[]> {
  const began = performance.now();
  const seen: ProcessLook[] = [];
  while (true) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // What stands in brackets may hold anything; behind it user and system time are fields 12 and 13.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    seen.push({
      at: (performance.now() - began) / 1000,
      rssMib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
      cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
    });
    if (signal.aborted) return seen;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/**
 * How memory goes on: the slope of a straight line through what was seen in the second half, by least squares.
 *
 * @param looks at least four
 * @returns MiB a minute
 */
export function memorySlope(looks: readonly Pick<ProcessLook, "at" | "rssMib">[]): number {
  const half = looks.slice(Math.floor(looks.length / 2));
  const mean = (of: (look: (typeof half)[number]) => number): number =>
    half.reduce((sum, look) => sum + of(look), 0) / half.length;
  const [at, rss] = [mean((look) => look.at), mean((look) => look.rssMib)];
  const spread = mean((look) => (look.at - at) ** 2);
  return mean((look) => (look.at - at) * (look.rssMib - rss)) / spread * 60;
}
