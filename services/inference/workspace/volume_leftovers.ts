import { dirname, join } from "node:path";
import type { Damage, VolumeLayout } from "../../../shared/volume/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { evaluationOf } from "../engine/job.ts";
import { removeTree } from "./remove_tree.ts";
import type { Workspace } from "./workspace.ts";

/** Name of an evaluation's folder and of its lease. */
const EVALUATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const BUILD_CONTEXT = /^build-.+-[0-9a-f]{8}$/;

/** Leases and scratch files. Lists what earlier processes left before this one creates anything. */
export function volumeLeftovers(
  layout: VolumeLayout,
  damage: Pick<Damage, "quarantine">,
): Pick<Workspace, "sweep" | "lease" | "release" | "leftLeases" | "keepLeases"> {
  const leftWork = namesIn(layout.work);
  const leftLeases = namesIn(layout.leases).flatMap((dataset) =>
    namesIn(join(layout.leases, dataset)).map((name) => ({ dataset, name }))
  );
  const leaseOf = ({ request, id }: Evaluation): string => join(layout.leases, request.dataset, id);

  async function setAside(path: string, reason: string): Promise<void> {
    const isThere = await Deno.lstat(path).then(() => true, () => false);
    if (isThere) await damage.quarantine(path, reason);
  }

  return {
    async sweep(isWanted): Promise<void> {
      for (const name of leftWork) {
        const path = join(layout.work, name);
        const id = evaluationOf(name);
        if (EVALUATION_ID.test(id)) {
          if (!isWanted(id)) await removeTree(path);
        } else if (BUILD_CONTEXT.test(name)) await removeTree(path);
        else await setAside(path, "it belongs to no evaluation and no build");
      }
    },
    async lease(evaluation): Promise<void> {
      await Deno.mkdir(dirname(leaseOf(evaluation)), { recursive: true });
      await Deno.writeTextFile(leaseOf(evaluation), "");
    },
    release: (evaluation) => removeTree(leaseOf(evaluation)),
    leftLeases: () => Promise.resolve(leftLeases.map(({ name }) => name)),
    async keepLeases(isWanted): Promise<void> {
      for (const { dataset, name } of leftLeases) {
        const path = join(layout.leases, dataset, name);
        if (!EVALUATION_ID.test(name)) await setAside(path, "it is not a lease");
        else if (!isWanted(name)) await removeTree(path);
      }
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter((name) => !name.startsWith("."));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}
