import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";

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
   * @param kept GPUs that others wait for who came before
   * @returns the claim, or null when it has to wait
   */
  take(
    request: Pick<EvaluationRequest, "device" | "gpu">,
    kept?: ReadonlySet<number>,
  ): Claim | null;
  /** Whether anything of this kind is free. */
  hasFree(device: EvaluationRequest["device"]): boolean;
  /** Takes exactly these devices, busy or not: for a run that has them already. */
  retake(claim: Claim): void;
  giveBack(claim: Claim): void;
}

/** @returns the GPUs that it names, each once; none for `auto` */
export function gpusNamed(wanted: EvaluationRequest["gpu"]): number[] {
  return wanted === "auto" ? [] : [...new Set([wanted].flat())];
}

/** Makes the pool that gives out devices, all of them free. */
export function createDevicePool(devices: Devices): DevicePool {
  // Where the GPUs are not known, `auto` means the first one: the engine says if there is none.
  const candidates = devices.gpus ?? [0];
  const busy = new Set<number>();
  let cpuTaken = 0;

  function takeGpus(wanted: EvaluationRequest["gpu"], kept: ReadonlySet<number>): Claim | null {
    const isFree = (gpu: number): boolean => !busy.has(gpu) && !kept.has(gpu);
    const gpus = wanted === "auto" ? candidates.filter(isFree).slice(0, 1) : gpusNamed(wanted);
    if (gpus.length === 0 || !gpus.every(isFree)) return null;
    for (const gpu of gpus) busy.add(gpu);
    return { gpus };
  }

  return {
    take(request, kept = new Set()): Claim | null {
      if (request.device === "gpu") return takeGpus(request.gpu, kept);
      if (cpuTaken >= devices.cpuSlots) return null;
      cpuTaken += 1;
      return { cpu: true };
    },
    hasFree(device): boolean {
      if (device === "cpu") return cpuTaken < devices.cpuSlots;
      // An index that nobody knows of may be asked for where the GPUs are not known.
      return devices.gpus === null || candidates.some((gpu) => !busy.has(gpu));
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

/**
 * A pool for a cluster that gives devices out itself: only how many evaluations it is given at a time
 * is bounded here.
 *
 * @param slots most evaluations at a time
 */
export function createSlotPool(slots: number): DevicePool {
  let taken = 0;
  return {
    take(): Claim | null {
      if (taken >= slots) return null;
      taken += 1;
      return { cpu: true };
    },
    hasFree: () => taken < slots,
    retake: () => void (taken += 1),
    giveBack: () => void (taken -= 1),
  };
}
