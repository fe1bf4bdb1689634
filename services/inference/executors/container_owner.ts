import { Buffer } from "node:buffer";
import { type Damage, RESTORE, secretKey, type VolumeLayout } from "../../../shared/volume/mod.ts";
import { runCommand } from "./command.ts";
import {
  containerName,
  EVALUATION_LABEL,
  VOLUME_ID_LABEL,
  VOLUME_LABEL,
} from "./docker_arguments.ts";

/**
 * What tells the containers of one volume from those of others on the same engine. A copy of a volume has its id
 * and another path; on another machine that uses the engine, another volume may have its path.
 */
export interface ContainerOwner {
  /** Absolute path of the volume. */
  readonly path: string;
  /** Random, written once to the volume; null where it cannot be read: then the path alone tells. */
  readonly id: string | null;
}

const ID_BYTES = 8;

/**
 * Reads who owns the containers of a volume, and gives the volume its id where it has none.
 *
 * @param damage takes note of an id that cannot be used
 */
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

/** @param owner of a new container or image @returns the labels that say so */
export function ownerLabels({ path, id }: ContainerOwner): Record<string, string> {
  return { [VOLUME_LABEL]: path, ...(id === null ? {} : { [VOLUME_ID_LABEL]: id }) };
}

/**
 * @returns whether the container is the owner's; one that has no id was made by an earlier version
 */
export function isOwned(
  labels: Readonly<Record<string, string | undefined>>,
  { path, id }: ContainerOwner,
): boolean {
  const theirs = labels[VOLUME_ID_LABEL] ?? "";
  return labels[VOLUME_LABEL] === path && (theirs === "" || id === null || theirs === id);
}

/**
 * Looks whose container has the name of an evaluation's: a copy of a volume has evaluations with the same ids.
 *
 * @returns whether there is one and it belongs to another volume
 */
export async function isForeign(evaluation: string, owner: ContainerOwner): Promise<boolean> {
  const format = ["--format", "{{json .Config.Labels}}"];
  const name = containerName(evaluation);
  const result = await runCommand("docker", ["container", "inspect", ...format, name]);
  return result.exitCode === 0 && !isOwned(JSON.parse(result.stdout) ?? {}, owner);
}

/** @returns ids of the evaluations that have containers of the owner's */
export async function ownedEvaluations(owner: ContainerOwner): Promise<string[]> {
  const filters = [`label=${VOLUME_LABEL}=${owner.path}`, `label=${EVALUATION_LABEL}`];
  const result = await runCommand("docker", [
    "ps",
    "--all",
    ...filters.flatMap((filter) => ["--filter", filter]),
    ...["--format", `{{.Label "${EVALUATION_LABEL}"}} {{.Label "${VOLUME_ID_LABEL}"}}`],
  ]);
  if (result.exitCode !== 0) throw new Error(`Cannot list the containers: ${result.stderr.trim()}`);
  return result.stdout.split("\n").flatMap((line) => {
    const [evaluation = "", id] = line.trim().split(" ");
    const labels = { [VOLUME_LABEL]: owner.path, [VOLUME_ID_LABEL]: id };
    return evaluation !== "" && isOwned(labels, owner) ? [evaluation] : [];
  });
}
