import { cpuUsage } from "node:process";

/** What a file of this folder measures. */
export interface Topic {
  /** One line. */
  readonly about: string;
  readonly run: (reporter: Reporter) => Promise<void>;
}

/** Something that was measured. */
export interface Measured {
  readonly what: string;
  /** Milliseconds of the whole. */
  readonly ms: number;
}

/** Prints what a topic finds. */
export interface Reporter {
  /** How many aims were not reached. */
  readonly missed: number;
  /** Prints a line as it is. */
  line(text: string): void;
  /** Says that something was not measured, and what it needs. */
  skip(what: string, needs: string): void;
  /** Compares us with another; the aim is how many times faster we want to be. */
  ratio(ours: Measured, theirs: Measured, aim?: number): void;
  /** Holds a number against a bound that it should stay below. */
  bound(what: string, value: number, unit: string, aim: number): void;
}

/** A reporter that prints to stdout. */
export function createReporter(): Reporter {
  let missed = 0;
  const line = (text: string): void => {
    Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  };
  const verdict = (reached: boolean, aim: string): string => {
    if (!reached) missed++;
    return `  (aim: ${aim}${reached ? "" : ", NOT REACHED"})`;
  };
  return {
    get missed(): number {
      return missed;
    },
    line,
    skip: (what, needs) => line(`  skipped: ${what}: ${needs}`),
    ratio(ours, theirs, aim): void {
      const times = theirs.ms / ours.ms;
      line(
        `  ${ours.what}: ${text(ours.ms)}; ${theirs.what}: ${text(theirs.ms)}; ` +
          `${Number(times.toPrecision(3)).toLocaleString("en")} times as fast` +
          (aim === undefined ? "" : verdict(times >= aim, `${aim}`)),
      );
    },
    bound(what, value, unit, aim): void {
      line(
        `  ${what}: ${value.toPrecision(4)} ${unit}${verdict(value < aim, `below ${aim} ${unit}`)}`,
      );
    },
  };
}

function text(ms: number): string {
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}

/**
 * Median of the times that something takes.
 *
 * @param rounds how often it is done, after a warm-up that does not count
 * @param work what is done; gets the number of the round, from −2
 * @returns milliseconds
 */
export async function medianMs(
  rounds: number,
  work: (round: number) => unknown | Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const start = performance.now();
    await work(round);
    if (round >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
}

/** V8 compiles a short function for its final speed only after many rounds of it. */
const WARM_UP_MS = 500;

/**
 * What something costs, however busy others keep the machine.
 *
 * @param rounds how often it is done, after a warm-up that does not count
 * @param work what is done
 * @returns milliseconds of the processors in one round, on the mean
 */
export async function processorMs(
  rounds: number,
  work: () => unknown | Promise<unknown>,
): Promise<number> {
  const warmFrom = performance.now();
  for (let round = 0; round < 2 || performance.now() - warmFrom < WARM_UP_MS; round++) await work();
  const before = cpuUsage();
  for (let round = 0; round < rounds; round++) await work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000 / rounds;
}
