import type { Diagnosis } from "../shared/contracts/doctor.ts";

export interface Finding {
  /** `broken` must be fixed before evaluations can run. */
  readonly result: "ok" | "note" | "broken";
  readonly check: string;
  readonly message: string;
  /** What to do; null if nothing. */
  readonly advice: string | null;
}

export interface DiagnosisContext {
  /** Where the service runs, for people. */
  readonly where: string;
  /** Why services are not ready. */
  readonly reasons: readonly string[];
  readonly now: Date;
}

/** Largest tolerated difference between the two clocks, in milliseconds. */
const CLOCK_MS_MAX = 60_000;
const GIB = 2 ** 30;

/** Turns a diagnosis into findings with advice, in the order in which to fix them. */
export function readDiagnosis(diagnosis: Diagnosis, context: DiagnosisContext): Finding[] {
  const { reasons, where } = context;
  return [
    reasons.length === 0
      ? fine("services", `gateway, ingestion, inference and scoring answer ${where}`)
      : broken("services", reasons.join("; "), "start them; their logs say why they ended"),
    ofEngine(diagnosis),
    ...ofLimits(diagnosis),
    ...ofHardening(diagnosis),
    ofGpus(diagnosis),
    ofVolume(diagnosis),
    ...ofModels(diagnosis),
    ...ofDamage(diagnosis),
    fine("users", diagnosis.users.message),
    ofClock(diagnosis, context.now),
  ];
}

function ofEngine({ executor, docker, podman, apptainer }: Diagnosis): Finding {
  if (podman !== null) {
    const { ok, version, message } = podman;
    return ok
      ? fine("engine", `${message}: ${version}`)
      : broken("engine", message, "docs/closed_cluster.md says what Podman needs");
  }
  if (apptainer !== null) {
    const { ok, version, message } = apptainer;
    return ok
      ? fine("engine", `${message}: ${version}; models run by ${executor}`)
      : broken("engine", message, "install it, or set MAMMOEVAL_ENGINE to another");
  }
  if (docker.ok) {
    return fine("engine", `${docker.message}: ${docker.version}; models run by ${executor}`);
  }
  if (executor === "process") {
    return note(
      "engine",
      "Without a container engine only the reference model can run",
      "start Docker and mammoeval again to run other models",
    );
  }
  return broken(
    "engine",
    docker.message,
    "start Docker, and see that this user may use its socket: docker version",
  );
}

/** With Docker, its own finding reports what is lacking. */
function ofHardening({ hardening, apptainer, podman }: Diagnosis): Finding[] {
  if (apptainer === null && podman === null) return [];
  return hardening.filter(({ held }) => held !== "enforced").map(({ measure, held, by }) =>
    note("hardening", `${measure}: ${held} (${by})`, null)
  );
}

/** Reports only limits that cannot be enforced. */
function ofLimits({ docker, podman }: Diagnosis): Finding[] {
  const lacking = (podman ?? docker).limits_lacking;
  if (lacking.length === 0) return [];
  return [note(
    "limits",
    `Limits do not hold: the engine cannot bound ${
      lacking.join(", ")
    }, so that a model may use all ` +
      "that the machine has",
    `${
      podman === null ? "docker" : "podman"
    } info says why; a rootless engine needs control groups of version 2, ` +
      "and swap may need swapaccount=1 on the kernel's command line",
  )];
}

function ofGpus({ gpus }: Diagnosis): Finding {
  if (gpus.known && gpus.indices.length > 0) return fine("gpus", gpus.message);
  return note("gpus", gpus.message, "evaluations on cpu need none");
}

function ofVolume({ volume }: Diagnosis): Finding {
  const { path, free_bytes, needed_bytes } = volume;
  if (free_bytes === null) return note("volume", `${path}: free space cannot be told`, null);
  const text = `${path}: ${(free_bytes / GIB).toFixed(1)} GiB free`;
  if (free_bytes >= needed_bytes) return fine("volume", text);
  return broken(
    "volume",
    `${text}, at least ${(needed_bytes / GIB).toFixed(1)} GiB are needed`,
    "make room: POST /v1/images/prune removes container images that no model needs",
  );
}

function ofModels({ models }: Diagnosis): Finding[] {
  return models.overriding.map(({ name, folder, hides }) =>
    note("models", `${name} is the folder ${folder}, not ${hides.join(", ")}`, null)
  );
}

/** Most damaged files listed one by one. */
const DAMAGED_PRINTED_MAX = 20;

function ofDamage({ volume: { damaged, damaged_total } }: Diagnosis): Finding[] {
  const check = "stored file";
  const printed = damaged.slice(0, DAMAGED_PRINTED_MAX);
  const findings = printed.map(({ path, reason }) => note(check, `${path}: ${reason}`, null));
  const more = damaged_total - printed.length;
  if (more === 0) return findings;
  const files = more === 1 ? "1 stored file" : `${more} stored files`;
  return [
    ...findings,
    note(check, `${files} of the volume cannot be used`, "an admin is told which: GET /v1/doctor"),
  ];
}

function ofClock({ clock }: Diagnosis, now: Date): Finding {
  const difference = Math.abs(Date.parse(clock) - now.getTime());
  if (difference <= CLOCK_MS_MAX) return fine("clock", clock);
  return note(
    "clock",
    `${clock}: ${Math.round(difference / 1000)} s away from this machine's`,
    "set both by NTP: tokens expire by the service's clock",
  );
}

function fine(check: string, message: string): Finding {
  return { result: "ok", check, message, advice: null };
}

function note(check: string, message: string, advice: string | null): Finding {
  return { result: "note", check, message, advice };
}

function broken(check: string, message: string, advice: string): Finding {
  return { result: "broken", check, message, advice };
}
