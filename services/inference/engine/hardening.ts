import type { Bound, Diagnosis, Hardening } from "../../../shared/contracts/doctor.ts";
import { runCommand } from "./command.ts";

type Held = Hardening["held"];

/** How each limit of an engine's container is enforced, and by whom; the engine cannot bound `lacking`. */
export function engineHardening(engine: string, lacking: readonly Bound[]): Hardening[] {
  const isPodman = engine === "Podman";
  const bound = (measure: Hardening["measure"], needs: readonly Bound[]): Hardening =>
    needs.some((one) => lacking.includes(one))
      ? row(
        measure,
        "lacking",
        isPodman ? NOT_DELEGATED : "the engine cannot bound it: docker info says why",
      )
      : row(measure, "enforced", "the kernel's control groups");
  return [
    row("network", "enforced", engine),
    row("root", "watched", "mammoeval; read-only where model.json says read_only_root"),
    ...["capabilities", "privileges", "environment"].map((measure) =>
      row(measure as Hardening["measure"], "enforced", engine)
    ),
    bound("memory", ["memory", "swap"]),
    isPodman && lacking.includes("processes")
      ? row("processes", "enforced", "the kernel, by RLIMIT_NPROC")
      : bound("processes", ["processes"]),
    bound("cores", ["cores"]),
    ...WATCHED,
    row("gpus", "enforced", isPodman ? "Podman, by CDI" : "the NVIDIA Container Toolkit"),
    LABELS,
  ];
}

const NOT_DELEGATED = "Podman has no such control group here: deno task doctor says why";
/** What mammoeval watches with every executor. */
const WATCHED = [row("disk", "watched", "mammoeval"), row("output", "watched", "mammoeval")];
const LABELS = row("labels", "enforced", "mammoeval, unless an evaluation says blind: false");

/** How each limit of a container is enforced with Apptainer, and by whom. */
export const APPTAINER_HARDENING: readonly Hardening[] = [
  row("network", "enforced", "a network of its own without any device"),
  row("root", "watched", "mammoeval; read-only where model.json says read_only_root"),
  row("capabilities", "enforced", "Apptainer, which runs as the caller"),
  row("privileges", "enforced", "Apptainer, by no_new_privs"),
  row("environment", "enforced", "Apptainer, by --containall"),
  row("memory", "watched", "mammoeval, twice a second"),
  row("processes", "enforced", "the kernel, by RLIMIT_NPROC"),
  row("cores", "lacking", "set by processor affinity, which a model may change"),
  ...WATCHED,
  row("gpus", "lacking", "named by CUDA_VISIBLE_DEVICES, which a model may change"),
  LABELS,
];

function row(measure: Hardening["measure"], held: Held, by: string): Hardening {
  return { measure, held, by };
}

/** Whether this user can run Apptainer, and its version. */
export async function diagnoseApptainer(): Promise<NonNullable<Diagnosis["apptainer"]>> {
  const result = await runCommand("apptainer", ["--version"]);
  if (result.exitCode !== 0) {
    return { ok: false, version: null, message: `There is no Apptainer: ${result.stderr.trim()}` };
  }
  const version = result.stdout.trim().split(" ").at(-1) ?? null;
  return Deno.uid() === 0
    ? {
      ...{ ok: false, version },
      message:
        "mammoeval runs as root, and Apptainer would run containers as root: start it as an ordinary user",
    }
    : { ok: true, version, message: "Apptainer is there" };
}
