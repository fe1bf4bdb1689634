import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";

export interface Devices {
  /** How many evaluations run on cpu at the same time. */
  readonly cpuSlots: number;
  /** Indices of the usable GPUs; null when unknown, in which case the engine decides. */
  readonly gpus: readonly number[] | null;
}

/** Devices that one evaluation holds while it runs. */
export type Claim =
  | { readonly cpu: true; readonly places?: number }
  | { readonly gpus: readonly number[] };

type DeviceRequest = Pick<EvaluationRequest, "device" | "gpu" | "shards">;

/** Assigns devices; each GPU serves one evaluation at a time. */
export interface DevicePool {
  /**
   * Takes the devices of a request, never a cpu for a gpu, nor GPUs `kept` for earlier evaluations in the queue.
   * @returns the claim, or null when the request has to wait
   */
  take(request: DeviceRequest, kept?: ReadonlySet<number>): Claim | null;
  hasFree(device: EvaluationRequest["device"]): boolean;
  /** Takes exactly these devices, busy or not, for a run that already holds them. */
  retake(claim: Claim): void;
  release(claim: Claim): void;
}

/** The GPUs that a request names, without duplicates; none for `auto`. */
export function gpusNamed(wanted: EvaluationRequest["gpu"]): number[] {
  return wanted === "auto" ? [] : [...new Set([wanted].flat())];
}

/** Places that a request can use at the same time. */
function placesFor(shards: EvaluationRequest["shards"]): number {
  return shards === "auto" ? Infinity : shards ?? 1;
}

export function createDevicePool(devices: Devices): DevicePool {
  // With unknown GPUs, `auto` means the first; the engine reports if it is missing.
  const candidates = devices.gpus ?? [0];
  const busy = new Set<number>();
  let cpuTaken = 0;

  function takeGpus(
    { gpu: wanted, shards }: DeviceRequest,
    kept: ReadonlySet<number>,
  ): Claim | null {
    const isFree = (gpu: number): boolean => !busy.has(gpu) && !kept.has(gpu);
    const gpus = wanted === "auto"
      ? candidates.filter(isFree).slice(0, placesFor(shards))
      : gpusNamed(wanted);
    if (gpus.length === 0 || !gpus.every(isFree)) return null;
    for (const gpu of gpus) busy.add(gpu);
    return { gpus };
  }

  return {
    take(request, kept = new Set()): Claim | null {
      if (request.device === "gpu") return takeGpus(request, kept);
      const places = Math.min(devices.cpuSlots - cpuTaken, placesFor(request.shards));
      if (places <= 0) return null;
      cpuTaken += places;
      return places === 1 ? { cpu: true } : { cpu: true, places };
    },
    hasFree(device): boolean {
      if (device === "cpu") return cpuTaken < devices.cpuSlots;
      // With unknown GPUs, a request may name any index.
      return devices.gpus === null || candidates.some((gpu) => !busy.has(gpu));
    },
    retake(claim): void {
      if ("cpu" in claim) cpuTaken += claim.places ?? 1;
      else for (const gpu of claim.gpus) busy.add(gpu);
    },
    release(claim): void {
      if ("cpu" in claim) cpuTaken -= claim.places ?? 1;
      else for (const gpu of claim.gpus) busy.delete(gpu);
    },
  };
}

/** For a cluster that assigns devices itself; only limits the evaluations at a time. */
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
    release: () => void (taken -= 1),
  };
}
