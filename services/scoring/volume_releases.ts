import { join } from "node:path";
import {
  RELEASE_POLICIES,
  type Released,
  type ReleasePolicy,
} from "../../shared/contracts/releases.ts";
import { type Damage, type VolumeLayout, writeJsonAtomic } from "../../shared/volume/mod.ts";
import type { ScoreStore } from "./score_store.ts";

/**
 * How far scores are released, as `scores/<id>/release.json` says, or else a policy.
 *
 * @param layout the volume
 * @param policy of the site, for scores whose dataset has none
 * @param damage takes note of what cannot be read
 */
export function createReleases(
  layout: VolumeLayout,
  policy: ReleasePolicy,
  damage: Pick<Damage, "note" | "clear">,
): Pick<ScoreStore, "release" | "released"> {
  const fileOf = (id: string): string => join(layout.scores, id, "release.json");
  return {
    released: ({ id, provenance }) =>
      readRelease(fileOf(id), damage) ?? releasedBy(policyOf(provenance) ?? policy),
    async release(id, as, by): Promise<void> {
      await Deno.mkdir(join(layout.scores, id), { recursive: true });
      await writeJsonAtomic(fileOf(id), { as, by, at: new Date().toISOString() });
    },
  };
}

/**
 * Read at every look, which is short: lists ask for many, and a withdrawal holds at once. What cannot be
 * read withholds the score.
 */
function readRelease(path: string, damage: Pick<Damage, "note" | "clear">): Released | null {
  try {
    const { as } = JSON.parse(Deno.readTextFileSync(path));
    if (!["full", "coarse", "withheld"].includes(as)) throw new SyntaxError("no release");
    damage.clear(path);
    return as;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    damage.note(path, `it cannot be read (${error}), and withholds the score: release it anew`);
    return "withheld";
  }
}

/** The policy that a report notes: its dataset's when it was made, which may be gone by now. */
function policyOf({ release }: { readonly release?: unknown }): ReleasePolicy | undefined {
  return RELEASE_POLICIES.find((policy) => policy === release);
}

function releasedBy(policy: ReleasePolicy): Released {
  return policy === "open" ? "full" : policy === "coarse" ? "coarse" : "withheld";
}
