import type { Executor } from "../engine/executor.ts";
import type { Model } from "../models/model_catalogue.ts";

/** The only model that may run without a container: its code is part of this project. */
export const TRUSTED_MODEL = "reference";

/** Message for a model that needs a container where there is no engine. */
export function needsEngine(name: string): string {
  return `Model ${name} needs a container, but mammoeval found no container engine: start the ` +
    `engine, then restart mammoeval; without an engine only ${TRUSTED_MODEL} can run`;
}

/** Why a model cannot run here; null if no reason is known. `gpus` are indices, or null if unknown. */
export function cannotRun(
  { name, devices }: Pick<Model, "name" | "devices">,
  executor: Executor["name"],
  gpus: readonly number[] | null,
): string | null {
  if (executor === "process" && name !== TRUSTED_MODEL) return needsEngine(name);
  if (devices.includes("cpu") || gpus === null || gpus.length > 0) return null;
  return `Model ${name} runs only on a GPU, and none is available here`;
}
