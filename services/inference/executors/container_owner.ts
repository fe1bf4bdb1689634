import { Buffer } from "node:buffer";
import { type Damage, RESTORE, secretKey, type VolumeLayout } from "../../../shared/volume/mod.ts";
import type { ContainerEngine } from "../engine/container_engine.ts";
import {
  containerName,
  EVALUATION_LABEL,
  VOLUME_ID_LABEL,
  VOLUME_LABEL,
} from "../engine/docker_arguments.ts";

/** The volume that owns containers: copies have the same id, other machines may have the same path. */
export interface ContainerOwner {
  readonly path: string;
  /** Random, written once to the volume; null if it cannot be read, in which case the path alone decides. */
  readonly id: string | null;
}

const ID_BYTES = 8;

/** Reads the owner of a volume's containers, and creates a missing volume id; reports an unusable one. */
export async function containerOwner(
  { home, volumeId }: Pick<VolumeLayout, "home" | "volumeId">,
  damage: Pick<Damage, "note">,
): Promise<ContainerOwner> {
  try {
    const bytes = await secretKey(volumeId);
    return { path: home, id: Buffer.from(bytes.subarray(0, ID_BYTES)).toString("hex") };
  } catch (error) {
    damage.note(volumeId, `the volume's id cannot be used (${error}): ${RESTORE}`);
    return { path: home, id: null };
  }
}

export function ownerLabels({ path, id }: ContainerOwner): Record<string, string> {
  return { [VOLUME_LABEL]: path, ...(id === null ? {} : { [VOLUME_ID_LABEL]: id }) };
}

/** Whether the owner made the container. A container without an id comes from an earlier version. */
export function isOwned(
  labels: Readonly<Record<string, string | undefined>>,
  { path, id }: ContainerOwner,
): boolean {
  const theirs = labels[VOLUME_ID_LABEL] ?? "";
  return labels[VOLUME_LABEL] === path && (theirs === "" || id === null || theirs === id);
}

/** Whether another volume owns this evaluation's container: a copy of a volume has the same evaluation ids. */
export async function isForeign(
  engine: ContainerEngine,
  evaluation: string,
  owner: ContainerOwner,
): Promise<boolean> {
  const format = ["--format", "{{json .Config.Labels}}"];
  const name = containerName(evaluation);
  const result = await engine.run(["container", "inspect", ...format, name]);
  return result.exitCode === 0 && !isOwned(JSON.parse(result.stdout) ?? {}, owner);
}

export async function ownedEvaluations(
  engine: ContainerEngine,
  owner: ContainerOwner,
): Promise<string[]> {
  const filters = [`label=${VOLUME_LABEL}=${owner.path}`, `label=${EVALUATION_LABEL}`];
  const result = await engine.run([
    "ps",
    "--all",
    ...filters.flatMap((filter) => ["--filter", filter]),
    ...["--format", [EVALUATION_LABEL, VOLUME_ID_LABEL].map(engine.labelField).join(" ")],
  ]);
  if (result.exitCode !== 0) throw new Error(`Cannot list the containers: ${result.stderr.trim()}`);
  return result.stdout.split("\n").flatMap((line) => {
    const [evaluation = "", id] = line.trim().split(" ");
    const labels = { [VOLUME_LABEL]: owner.path, [VOLUME_ID_LABEL]: id };
    return evaluation !== "" && isOwned(labels, owner) ? [evaluation] : [];
  });
}
