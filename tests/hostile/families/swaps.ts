import { join } from "node:path";
import { evaluationFiles, volumeLayout } from "../../../shared/volume/mod.ts";
import { PROJECT } from "../../support/embedded_service.ts";
import { type AttackWorld, SECRET } from "../attack_world.ts";
import { type Attack, leakOf, type Loot, send } from "../attacks.ts";

/** Requests while somebody swaps: enough to meet both states many times. */
const REQUESTS = 40;
/** Datasets that are registered meanwhile: each takes longer. */
const DATASETS = 8;

/** Links in place of files that were checked before, or while they are. */
export function swapAttacks(world: AttackWorld): Attack[] {
  const { home, evaluation } = world;
  const { predictions, log, folder } = evaluationFiles(volumeLayout(home), {
    ...{ id: evaluation, model: "reference", experiment: "exp1" },
  });
  const self = `/v1/evaluations/${evaluation}`;
  const score = `/v1/scores/${evaluation}`;
  const results: readonly (readonly [path: string, file: string])[] = [
    [`${self}/predictions.csv`, predictions],
    [`${self}/log`, log],
    [`${self}/log?tail=100`, log],
    [score, join(folder, "score.json")],
    [`/reports/${evaluation}`, join(folder, "score.json")],
    [`${score}/report.html`, join(folder, "curves.json")],
    [`${score}/image/samples.csv`, join(folder, "image_samples.csv")],
    [`${score}/image/curves.csv`, join(folder, "image_curves.csv")],
    [`${score}/image/roc.svg`, join(folder, "image_roc.svg")],
    [`${score}/image/roc.png`, join(folder, "image_roc.png")],
  ];
  const targets = [join(world.outside, "data.json"), join(home, "access", "tokens.json")];
  return [
    ...results.flatMap(([path, file]) =>
      targets.map((target) => ({
        name: `${path} with a link to ${target.split("/").at(-1)} in place of ${
          file.split("/").at(-1)
        }`,
        run: () => replaced(world, path, { file, target }),
      }))
    ),
    ...results.slice(0, 3).map(([path, file]) => ({
      name: `${path} while it is swapped`,
      run: () => swapped(world, file, () => send(world, world.people.owner, ["GET", path])),
    })),
    { name: "a data list that is swapped while it is registered", run: () => swappedList(world) },
    { name: "an image that is swapped while it is checked", run: () => swappedImage(world) },
  ];
}

/** Puts a link where a file was, asks, and puts the file back. */
async function replaced(
  world: AttackWorld,
  path: string,
  { file, target }: { file: string; target: string },
): Promise<string | null> {
  const aside = `${file}.aside`;
  await Deno.rename(file, aside);
  try {
    await Deno.symlink(target, file);
    return leakOf(await send(world, world.people.owner, ["GET", path]));
  } finally {
    await Deno.remove(file);
    await Deno.rename(aside, file);
  }
}

/** Asks again and again while a process swaps a file for a link to a secret and back. */
async function swapped(
  world: AttackWorld,
  file: string,
  ask: (count: number) => Promise<Loot>,
  times = REQUESTS,
): Promise<string | null> {
  const aside = `${file}.aside`;
  await Deno.copyFile(file, aside);
  const script =
    `trap exit TERM; while :; do ln -sfn "$1" "$0.l"; mv -fT "$0.l" "$0"; cp "$0.aside" "$0.c"; mv -fT "$0.c" "$0"; done`;
  const target = join(world.outside, file.endsWith(".png") ? "secret.png" : "data.json");
  const swapper = new Deno.Command("bash", {
    args: ["-c", script, file, target],
    stdin: "null",
    stderr: "null",
  })
    .spawn();
  try {
    for (let count = 0; count < times; count++) {
      const leak = leakOf(await ask(count));
      if (leak !== null) return leak;
    }
    return null;
  } finally {
    swapper.kill("SIGTERM");
    await swapper.status;
    await Deno.rename(aside, file);
  }
}

async function swappedList(world: AttackWorld): Promise<string | null> {
  const { dataFolder, home, people } = world;
  const list = join(dataFolder, "swapped.json");
  await Deno.writeTextFile(list, "[]");
  const body = { images: dataFolder, data_list: list };
  const wait = { prefer: "wait=10" };
  const loot = await swapped(
    world,
    list,
    (count) =>
      send(
        world,
        people.owner,
        ["POST", "/v1/datasets", { ...body, name: `swapped${count}` }],
        wait,
      ),
    DATASETS,
  );
  return loot ?? await keptSecret(join(home, "datasets"));
}

/** What was copied to the volume must not hold it either. */
async function keptSecret(folder: string): Promise<string | null> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const found = isDirectory
      ? await keptSecret(path)
      : isFile && (await Deno.readTextFile(path)).includes(SECRET)
      ? `${path} has it`
      : null;
    if (found !== null) return found;
  }
  return null;
}

/** A dataset is ready only when its image was itself at the time; the secret is no image at all. */
async function swappedImage(world: AttackWorld): Promise<string | null> {
  const images = join(world.dataFolder, "swapping");
  await Deno.mkdir(images);
  const image = join(images, "a.png");
  await Deno.copyFile(join(PROJECT, "sample_data/images/0_L_CC.png"), image);
  const exam = { "L-CC": ["a"], "R-CC": [], "L-MLO": [], "R-MLO": [], horizontal_flip: "NO" };
  const list = join(world.dataFolder, "swapping.json");
  await Deno.writeTextFile(
    list,
    JSON.stringify([{ ...exam, cancer_label: { left_malignant: 1, right_malignant: 0 } }]),
  );
  const body = { images, data_list: list };
  const wait = { prefer: "wait=10" };
  return await swapped(
    world,
    image,
    (count) =>
      send(
        world,
        world.people.owner,
        ["POST", "/v1/datasets", { ...body, name: `img${count}` }],
        wait,
      ),
    DATASETS,
  );
}
