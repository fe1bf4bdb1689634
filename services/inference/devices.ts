import type { EvaluationRequest } from "../../shared/contracts/evaluations.ts";

/** What this machine can run evaluations on. */
export interface Devices {
  /** Evaluations on cpu at the same time. */
  readonly cpuSlots: number;
  /** Indices of the GPUs that may be used; null when that is not known and the engine shall say. */
  readonly gpus: readonly number[] | null;
}

/** What one evaluation holds while it runs. */
export type Claim = { readonly cpu: true } | { readonly gpus: readonly number[] };

/** Gives devices out, one evaluation at a time to each GPU. */
export interface DevicePool {
  /**
   * Tries to take what a request needs. Never gives a cpu to one that asked for a gpu.
   *
   * @returns the claim, or null when it has to wait
   */
  take(request: Pick<EvaluationRequest, "device" | "gpu">): Claim | null;
  /** Takes exactly these devices, busy or not: for a run that has them already. */
  retake(claim: Claim): void;
  giveBack(claim: Claim): void;
}

/**
 * @param devices what there is
 */
export function createDevicePool(devices: Devices): DevicePool {
  const busy = new Set<number>();
  let cpuTaken = 0;

  function takeGpus(wanted: EvaluationRequest["gpu"]): Claim | null {
    // Where the GPUs are not known, `auto` means the first one: the engine says if there is none.
    const candidates = devices.gpus ?? [0];
    const gpus = wanted === "auto"
      ? candidates.filter((gpu) => !busy.has(gpu)).slice(0, 1)
      : [...new Set([wanted].flat())];
    if (gpus.length === 0 || gpus.some((gpu) => busy.has(gpu))) return null;
    for (const gpu of gpus) busy.add(gpu);
    return { gpus };
  }

  return {
    take(request): Claim | null {
      if (request.device === "gpu") return takeGpus(request.gpu);
      if (cpuTaken >= devices.cpuSlots) return null;
      cpuTaken += 1;
      return { cpu: true };
    },
    retake(claim): void {
      if ("cpu" in claim) cpuTaken += 1;
      else for (const gpu of claim.gpus) busy.add(gpu);
    },
    giveBack(claim): void {
      if ("cpu" in claim) cpuTaken -= 1;
      else for (const gpu of claim.gpus) busy.delete(gpu);
    },
  };
}
