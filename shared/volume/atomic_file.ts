import { basename, dirname, join } from "node:path";

/** Options of a write. */
export interface WriteOptions {
  /** Permissions of the file regardless of the umask; default: those of any new file. */
  readonly mode?: number;
}

/** Text (UTF-8), bytes, or bytes in parts, which need not be in memory together. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array>;

/** Complete or absent after a power failure: temporary file, fsync, rename, fsync of the existing folder. */
export async function writeFileAtomic(
  path: string,
  content: FileContent,
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

/** New content of a file in a folder. */
export interface NamedFile {
  /** File name in the folder. */
  readonly name: string;
  /** Text (UTF-8) or bytes. */
  readonly content: string | Uint8Array;
}

/** A file elsewhere on the volume that is moved into the folder. */
export interface MovedFile {
  /** Its new name. */
  readonly name: string;
  /** Its current path. */
  readonly from: string;
}

/** Writes or moves several files, each atomically; a disk syncs a dozen in the time of one. */
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

/** Creates a file atomically in an existing folder; false if another process was first. */
export async function createFileAtomic(
  path: string,
  content: FileContent,
  options: WriteOptions = {},
): Promise<boolean> {
  const temporary = temporaryPath(path);
  try {
    await writeSynced(temporary, content, options);
    // Unlike a rename, a link never replaces an existing file.
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
 * null if the file does not exist.
 * @throws {SyntaxError} if it is not JSON
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

/** Parses the text of a JSON file; a SyntaxError names its path. */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path}: it is not JSON`, { cause });
  }
}

/** Suffix of temporary files, so that leftovers of a power failure can be recognised and removed. */
export const TEMPORARY_ENDING = ".partial";

/** Returns a unique, hidden name in the same folder that ends in {@link TEMPORARY_ENDING}. */
export function temporaryPath(path: string): string {
  return join(
    dirname(path),
    `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}${TEMPORARY_ENDING}`,
  );
}

/** Returns whether a file name was made by {@link temporaryPath}; other hidden files belong to users. */
export function isTemporary(name: string): boolean {
  return TEMPORARY_NAME.test(name);
}

const TEMPORARY_NAME = /^\..+\.[0-9a-f]{8}\.partial$/;

async function writeSynced(
  path: string,
  content: FileContent,
  options: WriteOptions,
): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true, ...options });
  try {
    if (options.mode !== undefined) await Deno.chmod(path, options.mode);
    for (const part of partsOf(content)) await writeAll(file, part);
    await file.sync();
  } finally {
    file.close();
  }
}

function partsOf(content: FileContent): Iterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/** Asynchronous, so that the service stays responsive while a busy disk syncs. */
async function syncPath(path: string): Promise<void> {
  using opened = await Deno.open(path);
  await opened.sync();
}
