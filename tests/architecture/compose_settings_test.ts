import assert from "node:assert/strict";
import { SETTINGS } from "../../shared/settings.ts";

/** Settings that are useless in a container or need more than one line. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  // Constant in a container; the image sets them.
  "MAMMOEVAL_HOST",
  "MAMMOEVAL_PORT",
  // These folders would have to be mounted too: models/ is, and preprocessed images are on the volume.
  "MAMMOEVAL_MODELS",
  "MAMMOEVAL_PREPROCESSED",
  // This file would have to be mounted too.
  "MAMMOEVAL_DICOMWEB_LOGINS",
  // The container has Docker's client and no Apptainer.
  "MAMMOEVAL_ENGINE",
  // Slurm's client programs belong to the host.
  "MAMMOEVAL_SLURM_OPTIONS",
  "MAMMOEVAL_SLURM_MODELS",
  "MAMMOEVAL_SLURM_JOBS",
]);

Deno.test("every setting can be given to the containers, and none that there is not", async () => {
  const files = ["compose.yaml", "compose.gpu.yaml", "compose.pacs.yaml"];
  const texts = await Promise.all(
    files.map((file) => Deno.readTextFile(new URL(`../../${file}`, import.meta.url))),
  );
  const lines = texts.join("\n").matchAll(/^ +(MAMMOEVAL_\w+):/gm);
  const given = new Set([...lines].map(([, name]) => name));
  const expected = Object.keys(SETTINGS).filter((name) => !ELSEWHERE.has(name));
  assert.deepEqual([...given].toSorted(), expected.toSorted());
});
