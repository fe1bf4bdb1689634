/**
 * Draws the sixteen phantoms anew and writes them with their data lists into this folder.
 *
 * `deno run --allow-read --allow-write=sample_data --allow-ffi --allow-env --allow-sys
 * sample_data/generate.ts`
 *
 * @module
 */
import { VIEWS } from "../shared/domain/mod.ts";
import { COHORT, imageName } from "./generator/cohort.ts";
import { dataListCsv, dataListJson } from "./generator/data_list.ts";
import { dataListPickle } from "./generator/data_list_pickle.ts";
import { drawPhantom } from "./generator/phantom.ts";
import { encodePng } from "./generator/png.ts";
import { SEED } from "./generator/seed.ts";

const folder = new URL("./", import.meta.url);
await Deno.mkdir(new URL("images/", folder), { recursive: true });
for (const exam of COHORT) {
  for (const view of VIEWS) {
    const bytes = await encodePng(drawPhantom(SEED, exam, view));
    await Deno.writeFile(new URL(`images/${imageName(exam, view)}.png`, folder), bytes);
  }
}
await Deno.writeTextFile(new URL("data.json", folder), dataListJson());
await Deno.writeTextFile(new URL("data.csv", folder), dataListCsv());
await Deno.writeFile(new URL("data.pkl", folder), dataListPickle());
