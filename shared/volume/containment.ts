import { isAbsolute, relative, resolve } from "node:path";

/** The path that a caller named lies outside every allowed folder, or does not exist. */
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

/**
 * Tells whether a path lies in a folder (or is it). Purely textual: resolve links first.
 *
 * @param folder absolute path
 * @param path absolute path
 */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

/**
 * Resolves a path that a caller named, following links, and makes sure that what it leads to lies
 * under one of the allowed folders.
 *
 * @param path as the caller wrote it; relative paths start at the working folder
 * @returns the real, absolute path
 * @throws {PathNotAllowed} when it does not exist or leads elsewhere; the same sentence for both
 *   outside the roots, so that nobody can probe what else exists
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
  // The service may run in another folder than whoever asks, in a container for one.
  const advice = isAbsolute(path) ? "add" : "name it by its full path, or add";
  throw new PathNotAllowed(
    path,
    `${path} is not under a folder that datasets may come from: ${advice} its folder to ` +
      "MAMMOEVAL_DATA_ROOTS and restart",
  );
}
