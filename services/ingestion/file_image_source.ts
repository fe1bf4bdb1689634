import { dirname, isAbsolute, join, relative } from "node:path";
import { IMAGE_FILE_BYTES_MAX } from "../../shared/limits.ts";
import { isSame, readAt } from "../../shared/volume/mod.ts";
import { GLANCE_BYTES } from "./image_source.ts";
import type { FileAccess, FolderAccess, GlanceResult, ImageSource } from "./image_source.ts";

/** Maximum number of folders cached; a dataset has one folder, or one per exam. */
const FOLDERS_REMEMBERED_MAX = 1024;

/** A read that takes longer than this has waited for a disk or a network. */
const SLOW_MS = 2;
/** Number of concurrent reads after a slow one, before synchronous reads are tried again. */
const GLANCES_AFTER_SLOW = 512;

/** Maximum number of links followed to one file: the kernel's limit. */
const LINKS_MAX = 40;

/**
 * Reads images from PNG files in folders. A link must be relative and stay inside, since a container sees only the
 * images folder. Reads are synchronous, which is three times as fast from the page cache, until one is slow.
 */
export function createFileImageSource(): ImageSource {
  const knownFolders = new Map<string, Folders>();
  let sideBySide = 0;

  /** As {@linkcode foldersPassed}, cached. */
  async function knownAccess(path: string, folder: string): Promise<Folders | null> {
    const key = `${folder}\0${path}`;
    const access = knownFolders.get(key) ?? await foldersPassed(path, folder);
    if (knownFolders.size >= FOLDERS_REMEMBERED_MAX) knownFolders.clear();
    if (access !== null) knownFolders.set(key, access);
    return access;
  }

  /** Reads both ends of a regular file in a cached folder; null when the slow path is needed. */
  function glanceAtOnce(folder: string, path: string): GlanceResult | null {
    const folders = knownFolders.get(`${folder}\0${dirname(path)}`);
    if (folders === undefined) return null;
    if (sideBySide > 0) {
      sideBySide -= 1;
      return null;
    }
    const began = performance.now();
    const result = readEndsNow(path, folders);
    if (performance.now() - began > SLOW_MS) sideBySide = GLANCES_AFTER_SLOW;
    return result;
  }

  async function glance(
    folder: string,
    path: string,
    part: "ends" | "whole",
  ): Promise<GlanceResult> {
    const info = await Deno.lstat(path);
    const folders = info.isSymlink
      ? await foldersPassed(path, folder)
      : await knownAccess(dirname(path), folder);
    if (folders === null) return { ok: false, reason: "outside" };
    // Checked before opening, because opening a pipe would wait for a writer.
    const seen = info.isSymlink ? await Deno.stat(path) : info;
    return seen.isFile
      ? await readFile(path, seen, part, folders)
      : { ok: false, reason: "not_a_file" };
  }

  return {
    async glance(folder, name, part): Promise<GlanceResult> {
      const path = join(folder, `${name}.png`);
      const atOnce = part === "ends" ? glanceAtOnce(folder, path) : null;
      if (atOnce !== null) return atOnce;
      try {
        return await glance(folder, path, part);
      } catch (error) {
        const isLink = (await Deno.lstat(path).catch(() => null))?.isSymlink === true;
        const reason = reasonOf(error);
        return { ok: false, reason: reason === "missing" && isLink ? "dangling" : reason };
      }
    },
  };
}

type Folders = readonly FolderAccess[];

/** The folders through which a path is reached, links followed; null when the way leaves the images folder. */
async function foldersPassed(path: string, folder: string): Promise<Folders | null> {
  const passed = new Map([["", accessOf(await Deno.stat(folder))]]);
  const way = relative(folder, path).split("/");
  const at: string[] = [];
  let links = 0;
  for (let part = way.shift(); part !== undefined; part = way.shift()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (at.pop() === undefined) return null;
      continue;
    }
    const here = join(folder, ...at, part);
    const info = await Deno.lstat(here);
    if (!info.isSymlink) {
      at.push(part);
      if (info.isDirectory) passed.set(at.join("/"), accessOf(info));
      continue;
    }
    if (++links > LINKS_MAX) throw new Deno.errors.FilesystemLoop(here);
    const target = await Deno.readLink(here);
    if (isAbsolute(target)) return null;
    way.unshift(...target.split("/"));
  }
  return [...passed].map(([path, access]) => ({ ...access, path }));
}

function accessOf({ mode, uid, gid }: Deno.FileInfo): FileAccess {
  return { mode: mode ?? 0o777, uid: uid ?? 0, gid: gid ?? 0 };
}

function readEndsNow(path: string, folders: Folders): GlanceResult | null {
  try {
    const seen = Deno.lstatSync(path);
    const { isFile, size } = seen;
    if (!isFile) return null;
    using file = Deno.openSync(path);
    // The file was replaced, perhaps by a link: use the slow path.
    if (!isSame(file.statSync(), seen)) return null;
    const length = Math.min(size, GLANCE_BYTES);
    const head = readNow(file, 0, length);
    const tail = readNow(file, size - length, length);
    return {
      ok: true,
      glance: {
        ...{ bytes: size, modified: modifiedOf(seen), access: [accessOf(seen), ...folders] },
        ...{ head, tail, whole: null },
      },
    };
  } catch {
    return null; // the slow path finds the reason
  }
}

function readNow(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

async function readFile(
  path: string,
  seen: Deno.FileInfo,
  part: "ends" | "whole",
  folders: Folders,
): Promise<GlanceResult> {
  using file = await Deno.open(path);
  // The file was replaced after it was checked.
  if (!isSame(await file.stat(), seen)) return { ok: false, reason: "outside" };
  const { size } = seen;
  const access = [accessOf(seen), ...folders] as const;
  const facts = { bytes: size, modified: modifiedOf(seen), access };
  if (part === "whole" && size <= IMAGE_FILE_BYTES_MAX) {
    const whole = await readAt(file, 0, size);
    const head = whole.subarray(0, GLANCE_BYTES);
    const tail = whole.subarray(Math.max(0, whole.length - GLANCE_BYTES));
    return { ok: true, glance: { ...facts, head, tail, whole } };
  }
  const head = await readAt(file, 0, Math.min(size, GLANCE_BYTES));
  const tail = await readAt(file, Math.max(0, size - GLANCE_BYTES), Math.min(size, GLANCE_BYTES));
  return { ok: true, glance: { ...facts, head, tail, whole: null } };
}

function modifiedOf({ mtime }: Deno.FileInfo): number {
  return mtime?.getTime() ?? 0;
}

function reasonOf(error: unknown): "missing" | "unreadable" {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory
    ? "missing"
    : "unreadable";
}
