import { delimiter, join } from "node:path";
import { SETTINGS } from "../shared/settings.ts";

/** Permissions of a program beyond those that every program of mammoeval has. */
export interface ProgramNeeds {
  /** Absolute paths to read; writable paths are readable too. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Hosts with ports to connect to or listen on. */
  readonly net: readonly string[];
  /** Absolute paths of programs to start. */
  readonly run: readonly string[];
}

/** Variables besides settings: PATH, those of sharp and canvas, and some for colours and tests. */
const LIBRARY_VARIABLES = [
  ...["PATH", "NO_COLOR", "FORCE_COLOR", "TERM", "NODE_ENV", "NODE_DEBUG"],
  ...["READABLE_STREAM", "NAPI_RS_NATIVE_LIBRARY_PATH"],
  ...["NAPI_RS_ENFORCE_VERSION_CHECK", "NAPI_RS_FORCE_WASI"],
  ...["DISABLE_SYSTEM_FONTS_LOAD", "npm_config_platform", "npm_config_arch"],
  ...["npm_config_libc", "npm_package_config_libvips", "MALLOC_ARENA_MAX"],
];

/** The native libraries read it to tell glibc from musl and load the matching binary. */
const LIBC_PROBE = "/usr/bin/ldd";

/** Where cloud machines serve their credentials; checked per connection, so DNS names cannot bypass it. */
const MACHINE_METADATA = "169.254.0.0/16";

/**
 * The permissions of a program as flags of `deno run`; `hidden` paths are denied although their folder is allowed.
 * @throws {RangeError} for a path with a comma, which no flag supports
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
    // In full, since no flag can name the umask; the rest only reads facts about the machine.
    "--allow-sys",
    // The drawing and image libraries are native; libraries elsewhere cannot be loaded.
    `--allow-ffi=${join(project, "node_modules")}`,
    ...(needs.net.length === 0
      ? []
      : [`--allow-net=${unique(needs.net)}`, `--deny-net=${MACHINE_METADATA}`]),
    ...(needs.run.length === 0 ? [] : [`--allow-run=${unique(needs.run)}`]),
  ];
}

export function together(...parts: readonly Partial<ProgramNeeds>[]): ProgramNeeds {
  const all = (of: keyof ProgramNeeds): string[] => [
    ...new Set(parts.flatMap((part) => part[of] ?? [])),
  ];
  return { read: all("read"), write: all("write"), net: all("net"), run: all("run") };
}

function unique(values: readonly string[]): string {
  return [...new Set(values)].join(",");
}

/** Finds programs in `PATH`; returns the absolute paths of those that exist. */
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
