import { basename, dirname, join } from "node:path";

/** How a file is written. */
export interface WriteOptions {
  /** Permissions of the file, whatever the umask; default what the process gives new files. */
  readonly mode?: number;
}

/**
 * Writes a file so that after a power cut it is there whole or not at all: temp name in the same
 * folder, fsync, rename, fsync of the folder.
 *
 * @param path where the file shall lie; the folder must exist
 * @param content text (UTF-8) or bytes
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await writeSynced(temporary, content, options);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncPath(dirname(path));
}

/** A file of a folder, `breast_roc.png` say. */
export interface NamedFile {
  /** In its folder. */
  readonly name: string;
  /** Text (UTF-8) or bytes. */
  readonly content: string | Uint8Array;
}

/** A file that lies elsewhere on the volume, whole. */
export interface MovedFile {
  /** In the folder that it is moved to. */
  readonly name: string;
  /** Where it lies. */
  readonly from: string;
}

/**
 * Writes several files of one folder, each whole or not at all. Together, since a disk syncs a dozen small
 * files in the time of one.
 *
 * @param folder must exist
 */
export async function writeFilesAtomic(
  folder: string,
  files: readonly (NamedFile | MovedFile)[],
): Promise<void> {
  const places = files.map((file) => {
    const path = join(folder, file.name);
    return { path, temporary: temporaryPath(path), file };
  });
  const written = await Promise.allSettled(places.map(async ({ path, temporary, file }) => {
    if ("from" in file) await syncPath(file.from);
    else await writeSynced(temporary, file.content, {});
    await Deno.rename("from" in file ? file.from : temporary, path);
  }));
  const failed = written.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    for (const { temporary } of places) await Deno.remove(temporary).catch(() => {});
    throw failed.reason;
  }
  await syncPath(folder);
}

/**
 * Makes a file, whole, unless there is one already: of several processes that try at once, one wins.
 *
 * @param path where the file shall lie; the folder must exist
 * @param content text (UTF-8) or bytes
 * @returns whether this call has made it
 */
export async function createFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<boolean> {
  const temporary = temporaryPath(path);
  try {
    await writeSynced(temporary, content, options);
    // Unlike a rename, a link never replaces what is there.
    await Deno.link(temporary, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  } finally {
    await Deno.remove(temporary).catch(() => {});
  }
  await syncPath(dirname(path));
  return true;
}

/** Writes a value as indented JSON, atomically. */
export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, JSON.stringify(value, null, 2) + "\n");
}

/**
 * Reads a JSON file.
 *
 * @returns the value, or null where there is no such file
 * @throws {SyntaxError} when the file is not JSON
 */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
  return parseJson(path, text);
}

/**
 * Reads the text of a JSON file.
 *
 * @throws {SyntaxError} when it is not JSON
 */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path}: it is not JSON`, { cause });
  }
}

/** Ending of every temporary name, so that left-overs of a power cut can be told and removed. */
export const TEMPORARY_ENDING = ".partial";

/**
 * Makes up a name under which a file can be written before it gets its own.
 *
 * @returns a fresh name beside it, hidden, that ends in {@link TEMPORARY_ENDING}
 */
export function temporaryPath(path: string): string {
  return join(
    dirname(path),
    `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}${TEMPORARY_ENDING}`,
  );
}

/**
 * Tells half-written files from hidden ones that are somebody's own.
 *
 * @returns whether {@link temporaryPath} has made it up
 */
export function isTemporary(name: string): boolean {
  return TEMPORARY_NAME.test(name);
}

const TEMPORARY_NAME = /^\..+\.[0-9a-f]{8}\.partial$/;

async function writeSynced(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions,
): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true, ...options });
  try {
    if (options.mode !== undefined) await Deno.chmod(path, options.mode);
    await writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    await file.sync();
  } finally {
    file.close();
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/** In another thread: a busy disk takes its time, and the service answers meanwhile. */
async function syncPath(path: string): Promise<void> {
  using opened = await Deno.open(path);
  await opened.sync();
}
