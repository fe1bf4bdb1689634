import type { Bound, EngineState } from "../../../shared/contracts/doctor.ts";
import { type CommandResult, runCommand } from "./command.ts";

interface PodmanInfo {
  readonly host: {
    readonly cgroupVersion: string;
    readonly cgroupControllers: readonly string[] | null;
    readonly security: { readonly rootless: boolean };
    readonly idMappings: { readonly uidmap: readonly unknown[] | null };
  };
  readonly version: { readonly Version: string };
}

/** Where packages put the program that `--init` needs. */
const INIT_PROGRAMS = ["libexec/podman", "lib/podman", "libexec/catatonit", "bin"].flatMap((
  folder,
) => ["/usr", "/usr/local"].map((root) => `${root}/${folder}/catatonit`));
/** Where specifications of GPUs are (Container Device Interface). */
const CDI_FOLDERS = ["/etc/cdi", "/var/run/cdi"];
/** Host files whose existence the diagnosis checks. */
export const PODMAN_PATHS: readonly string[] = [...INIT_PROGRAMS, ...CDI_FOLDERS, "/run/cdi"];

/** Control group controllers, and the limits that need them. */
const CONTROLLERS: readonly (readonly [string, readonly Bound[]])[] = [
  ["memory", ["memory", "swap"]],
  ["pids", ["processes"]],
  ["cpu", ["cores"]],
];

let known: Bound[] | null = null;

/** Limits for which Podman has no control group here. It is asked once: its answer may take seconds. */
export async function podmanLacks(): Promise<Bound[]> {
  if (known !== null) return known;
  const { info } = await readInfo();
  return info === null ? [] : known = lackingOf(info);
}

function lackingOf({ host: { cgroupControllers } }: PodmanInfo): Bound[] {
  const there = cgroupControllers ?? [];
  return CONTROLLERS.flatMap(([name, bounds]) => there.includes(name) ? [] : bounds);
}

async function readInfo(): Promise<{ info: PodmanInfo | null; result: CommandResult }> {
  const result = await runCommand("podman", ["info", "--format", "json"]);
  return { info: result.exitCode === 0 ? JSON.parse(result.stdout) : null, result };
}

/** Diagnoses Podman; the message names what is missing and how to get it. */
export async function diagnosePodman(): Promise<EngineState> {
  const { info, result } = await readInfo();
  if (info === null) {
    const reason = /newuidmap|newgidmap/.test(result.stderr)
      ? "newuidmap or newgidmap is missing or not set-uid: install the package uidmap (shadow-utils)"
      : result.stderr.trim().split("\n").at(-1);
    const message = `Podman does not work: ${reason}`;
    return { ok: false, version: null, message, limits_lacking: [] };
  }
  const { version: { Version: version }, host } = info;
  const limits_lacking = lackingOf(info);
  const faults = [
    ...(host.security.rootless && (host.idMappings.uidmap ?? []).length < 2 ? [NO_IDS] : []),
    ...(await exists(INIT_PROGRAMS) ? [] : [NO_INIT]),
  ];
  if (faults.length > 0) {
    return { ok: false, version, message: `Podman lacks ${faults.join("; ")}`, limits_lacking };
  }
  const user = host.security.rootless ? "without root" : "as root";
  const notes = [
    `Podman runs containers ${user}`,
    ...(await exists(CDI_FOLDERS) ? [] : [NO_CDI]),
    ...(limits_lacking.length === 0 ? [] : [
      host.cgroupVersion === "v2"
        ? "delegate the missing controllers: Delegate=memory pids cpu in a drop-in of user@.service"
        : "limits need control groups of version 2: systemd.unified_cgroup_hierarchy=1 on the kernel's command line",
    ]),
  ];
  return { ok: true, version, message: notes.join("; "), limits_lacking };
}

const NO_IDS =
  "subordinate ids for this user: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " +
  "USER, then podman system migrate";
const NO_INIT = "catatonit, which --init needs: install the package catatonit";
const NO_CDI =
  "no GPUs, because there is no CDI specification: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml";

async function exists(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => Deno.stat(path).catch(() => null)));
  return found.some((one) => one !== null);
}
