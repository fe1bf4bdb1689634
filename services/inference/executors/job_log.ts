import { createLineSplitter } from "../engine/command.ts";
import { TIME_STAMP } from "./timed_lines.ts";

export interface LogReader {
  /** Reads what was added since the last call. */
  read(): Promise<void>;
  /** Passes on the last line if it has no newline. */
  end(): void;
}

/** Reads a growing file, which need not exist yet, with times as in `docker logs --timestamps`. */
export function createLogReader(
  path: string,
  onLine: (line: string) => void,
  onBytes: (count: number) => void,
): LogReader {
  const decoder = new TextDecoder();
  const splitter = createLineSplitter(onLine, () => {}, TIME_STAMP);
  let position = 0;
  return {
    end(): void {
      splitter.push(decoder.decode());
      splitter.end();
    },
    async read(): Promise<void> {
      const file = await Deno.open(path).catch(ignoreMissing);
      if (file === undefined) return;
      try {
        await file.seek(position, Deno.SeekMode.Start);
        const buffer = new Uint8Array(64 * 1024);
        for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
          position += count;
          onBytes(count);
          splitter.push(decoder.decode(buffer.subarray(0, count), { stream: true }));
        }
      } finally {
        file.close();
      }
    },
  };
}

export async function textOf(path: string): Promise<string | null> {
  return await Deno.readTextFile(path).catch(ignoreMissing) ?? null;
}

/** Rethrows any error but a missing file. */
export function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
