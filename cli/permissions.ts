import { delimiter, join } from "node:path";
import { SETTINGS } from "../shared/settings.ts";

/** What one program may do, beyond what every program of mammoeval may. */
export interface ProgramNeeds {
  /** Folders and files to read, absolute; what may be written may be read too. */
  readonly read: readonly string[];
  /** Folders and files to write, absolute. */
  readonly write: readonly string[];
  /** Hosts, with ports, to talk to or listen on. */
  readonly net: readonly string[];
  /** Programs to start, absolute paths. */
  readonly run: readonly string[];
}

/**
 * Variables that are read besides settings: where programs are, by what starts some of its own; by sharp and canvas
 * where their binary is; the rest for colours and tests.
 */
const LIBRARY_VARIABLES = [
  "PATH",
  "NO_COLOR",
  "FORCE_COLOR",
  "TERM",
  "NODE_ENV",
  "NODE_DEBUG",
  "READABLE_STREAM",
  "NAPI_RS_NATIVE_LIBRARY_PATH",
  "NAPI_RS_ENFORCE_VERSION_CHECK",
  "NAPI_RS_FORCE_WASI",
  "DISABLE_SYSTEM_FONTS_LOAD",
  "npm_config_platform",
  "npm_config_arch",
  "npm_config_libc",
  "npm_package_config_libvips",
  "MALLOC_ARENA_MAX",
];

/** The native libraries read it to tell glibc from musl, so that the fitting binary is loaded. */
const LIBC_PROBE = "/usr/bin/ldd";

/**
 * Where the machines of a cloud ask for their own credentials. The runtime holds this against the address that a
 * connection is made to, whatever name it was found under and however often that name changes.
 */
const MACHINE_METADATA = "169.254.0.0/16";

/**
 * Writes the permissions of a program as flags of `deno run`.
 *
 * @param project absolute path of the project
 * @param hidden paths that it may not read or write although they lie in a folder that it may
 * @throws {RangeError} for a path with a comma, which no flag can carry
 */
export function permissionFlags(
  project: string,
  needs: ProgramNeeds,
  hidden: readonly string[] = [],
): string[] {
  const read = [project, LIBC_PROBE, ...needs.read, ...needs.write];
  for (const path of [...read, ...hidden]) {
    if (path.includes(",")) {
      throw new RangeError(`Cannot give permission for ${path}: its name has a comma`);
    }
  }
  const variables = [
    ...Object.keys(SETTINGS),
    "MAMMOEVAL_URL",
    "MAMMOEVAL_TOKEN",
    ...LIBRARY_VARIABLES,
  ];
  return [
    "--no-prompt",
    `--allow-read=${unique(read)}`,
    ...(needs.write.length === 0 ? [] : [`--allow-write=${unique(needs.write)}`]),
    ...(hidden.length === 0
      ? []
      : [`--deny-read=${unique(hidden)}`, `--deny-write=${unique(hidden)}`]),
    `--allow-env=${variables.join(",")}`,
    // All of it, since no flag can name the umask; what else it opens tells of the machine and changes nothing.
    "--allow-sys",
    // The drawing library and the image library are native; they may be loaded from nowhere else.
    `--allow-ffi=${join(project, "node_modules")}`,
    ...(needs.net.length === 0
      ? []
      : [`--allow-net=${unique(needs.net)}`, `--deny-net=${MACHINE_METADATA}`]),
    ...(needs.run.length === 0 ? [] : [`--allow-run=${unique(needs.run)}`]),
  ];
}

/** @returns what they need together */
export function together(...parts: readonly Partial<ProgramNeeds>[]): ProgramNeeds {
  const all = (of: keyof ProgramNeeds): string[] => [
    ...new Set(parts.flatMap((part) => part[of] ?? [])),
  ];
  return { read: all("read"), write: all("write"), net: all("net"), run: all("run") };
}

function unique(values: readonly string[]): string {
  return [...new Set(values)].join(",");
}

/**
 * Finds programs as a shell would.
 *
 * @param path the `PATH` variable
 * @returns absolute paths of those that are there
 */
export async function findPrograms(names: readonly string[], path: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    for (const folder of path.split(delimiter).filter((part) => part !== "")) {
      const candidate = join(folder, name);
      const info = await Deno.stat(candidate).catch(() => null);
      if (info?.isFile && ((info.mode ?? 0) & 0o111) !== 0) {
        found.push(candidate);
        break;
      }
    }
  }
  return found;
}
