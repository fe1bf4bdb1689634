import assert from "node:assert/strict";
import { SETTINGS } from "../../shared/settings.ts";

/** Settings that have no use in a container, or that need more than a line. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  // Inside a container these are always the same, and the image says so.
  "MAMMOEVAL_HOST",
  "MAMMOEVAL_PORT",
  // Folders that would have to be mounted too: models/ is, and preprocessed images lie on the volume.
  "MAMMOEVAL_MODELS",
  "MAMMOEVAL_PREPROCESSED",
  // A file that would have to be mounted too.
  "MAMMOEVAL_DICOMWEB_LOGINS",
  // Inside a container there is Docker's client, and no Apptainer.
  "MAMMOEVAL_ENGINE",
  // Slurm's client programs are those of the machine.
  "MAMMOEVAL_SLURM_OPTIONS",
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
