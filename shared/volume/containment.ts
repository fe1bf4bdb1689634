import { isAbsolute, relative, resolve } from "node:path";

/** A requested path lies outside every allowed folder or does not exist. */
export class PathNotAllowed extends Error {
  /** The path as the caller wrote it. */
  readonly path: string;

  /** Creates the error. */
  constructor(path: string, reason: string) {
    super(reason);
    this.name = "PathNotAllowed";
    this.path = path;
  }
}

/** Returns whether an absolute path is a folder or lies within it. Compares text only: resolve links first. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

/**
 * The real path of a requested one within the allowed folders.
 * @throws {PathNotAllowed} with one message for missing and foreign paths, so that nobody can probe which files exist
 */
export async function resolveWithin(path: string, roots: readonly string[]): Promise<string> {
  const realRoots = await Promise.all(roots.map((root) => Deno.realPath(root).catch(() => null)));
  const allowed = realRoots.filter((root) => root !== null);
  const wanted = resolve(path);
  const real = await Deno.realPath(wanted).catch(() => null);
  if (real !== null && allowed.some((root) => isWithin(root, real))) return real;
  if (
    real === null &&
    [...allowed, ...roots.map((root) => resolve(root))].some((root) => isWithin(root, wanted))
  ) {
    throw new PathNotAllowed(path, `${path} does not exist: check the spelling`);
  }
  // The service may have another working directory than the caller, for example in a container.
  const advice = isAbsolute(path) ? "add" : "name it by its full path, or add";
  throw new PathNotAllowed(
    path,
    `${path} is not under a folder that datasets may come from: ${advice} its folder to ` +
      "MAMMOEVAL_DATA_ROOTS and restart",
  );
}
