import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { giveWay, NICE } from "../../../shared/give_way.ts";
import { DICOM_CONVERTER_HEAP_MIB } from "../../../shared/limits.ts";
import {
  type Conversion,
  type ConverterAnswer,
  type ConverterRequest,
  type DicomConverter,
  type Inspection,
  type Refusal,
  TIMED_OUT_EXIT_CODE,
} from "./dicom_converter.ts";

export interface ProcessConverterOptions {
  readonly deno: string;
  /** Absolute path of the project (sources and packages). */
  readonly project: string;
  /** Absolute folders that they may read. */
  readonly readable: readonly string[];
  /** Absolute folder that they may write to. */
  readonly writable: string;
  /** Absolute folder for Deno's compile cache; a container has none of its own. */
  readonly scratch: string;
  readonly lanes: number;
  readonly patienceS: number;
  /** Absolute path of the program; tests may replace it. */
  readonly entry?: string;
}

/** A process and the request that waits for its answer. */
interface Lane {
  readonly child: Deno.ChildProcess;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  waiting: ((answer: ConverterAnswer) => void) | null;
}

const ENTRY = fileURLToPath(new URL("./converter/main.ts", import.meta.url));
/** The native image library reads this file to tell glibc from musl. */
const LIBC_PROBE = "/usr/bin/ldd";

/** Creates a pool of processes with few permissions: a decoder may loop or trap on a hostile file. */
export function createProcessDicomConverter(options: ProcessConverterOptions): DicomConverter {
  const free: (Lane | null)[] = Array.from({ length: options.lanes }, () => null);
  const waiting: ((lane: Lane | null) => void)[] = [];
  const all = new Set<Lane>();

  function take(): Promise<Lane | null> {
    const lane = free.pop();
    return lane === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(lane);
  }

  function give(lane: Lane | null): void {
    const next = waiting.shift();
    if (next === undefined) free.push(lane);
    else next(lane);
  }

  async function ask(request: ConverterRequest): Promise<ConverterAnswer> {
    let lane = await take();
    try {
      lane ??= start(options, (gone) => all.delete(gone));
      all.add(lane);
      const answer = await send(lane, request);
      if (!all.has(lane)) lane = null;
      return answer;
    } finally {
      give(lane);
    }
  }

  return {
    lanes: options.lanes,
    inspect: (path) => ask({ do: "inspect", path }) as Promise<Inspection>,
    convert: (order) => ask({ do: "convert", ...order }) as Promise<Conversion>,
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([...all].map(async ({ child, writer }) => {
        await writer.close().catch(() => {});
        await child.status;
      }));
    },
  };
}

function start(options: ProcessConverterOptions, onEnd: (lane: Lane) => void): Lane {
  const child = new Deno.Command(options.deno, {
    args: converterArguments(options),
    cwd: options.project,
    clearEnv: true,
    env: {
      NO_COLOR: "1",
      PATH: "/usr/local/bin:/usr/bin:/bin",
      DENO_DIR: options.scratch,
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null", // decoders print details of files there
  }).spawn();
  giveWay(NICE.takesLong, child.pid);
  const lane: Lane = { child, writer: child.stdin.getWriter(), waiting: null };
  void follow(lane, onEnd);
  return lane;
}

/** Delivers answers until the process ends, and then answers the pending request. */
async function follow(lane: Lane, onEnd: (lane: Lane) => void): Promise<void> {
  for await (const line of createInterface(Readable.from(lane.child.stdout))) {
    const answer = readAnswer(line);
    const { waiting } = lane;
    // An invalid or unsolicited line: answers can no longer be matched with requests.
    if (answer === null || waiting === null) {
      end(lane.child);
      break;
    }
    lane.waiting = null;
    waiting(answer);
  }
  const { code } = await lane.child.status;
  onEnd(lane);
  lane.waiting?.(endOfProcess(code));
}

function readAnswer(line: string): ConverterAnswer | null {
  try {
    const value = JSON.parse(line);
    return typeof value?.ok === "boolean" ? value : null;
  } catch {
    return null;
  }
}

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has already ended.
  }
}

function endOfProcess(code: number): Refusal {
  return code === TIMED_OUT_EXIT_CODE
    ? { ok: false, code: "dicom_timed_out", message: "takes too long to decode: it is damaged" }
    : {
      ok: false,
      code: "dicom_decoder_failed",
      message: "crashed its decoder: it is damaged; export it again",
    };
}

async function send(lane: Lane, request: ConverterRequest): Promise<ConverterAnswer> {
  const { promise, resolve } = Promise.withResolvers<ConverterAnswer>();
  lane.waiting = resolve;
  const line = new TextEncoder().encode(JSON.stringify(request) + "\n");
  await lane.writer.write(line).catch(() => {}); // it has ended; follow() answers
  return await promise;
}

/** Arguments of a converter process: minimal permissions, bounded heap. */
export function converterArguments(options: ProcessConverterOptions): string[] {
  const { project, readable, writable, patienceS, entry = ENTRY } = options;
  return [
    "run",
    ...["--quiet", "--no-prompt", "--cached-only", "--no-check"],
    `--v8-flags=--max-old-space-size=${DICOM_CONVERTER_HEAP_MIB}`,
    `--allow-read=${[project, LIBC_PROBE, ...readable, writable].join(",")}`,
    `--allow-write=${writable}`,
    `--allow-ffi=${project}/node_modules`,
    // The environment holds only what is set here.
    "--allow-env",
    "--allow-sys=cpus,osRelease",
    entry,
    String(patienceS),
  ];
}
