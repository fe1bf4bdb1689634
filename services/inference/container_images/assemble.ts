import type { Settings } from "../../../shared/settings.ts";
import { readSiteUsers, type SiteUsers } from "../../../shared/site_users.ts";
import { volumeLayout } from "../../../shared/volume/mod.ts";
import { DOCKER } from "../engine/container_engine.ts";
import { type ContainerImage, DONE, type Outcome, refused } from "../engine/executor.ts";
import { lookForGpus } from "../engine/machine.ts";
import { createFolderModelCatalogue } from "../models/folder_model_catalogue.ts";
import { provideImage } from "./docker_images.ts";
import { createSifImages, type SaveArchive, type SifImages } from "./sif_images.ts";
import { type BuildContexts, createStagedBuildContexts } from "./build_contexts.ts";

/** Creates the build contexts of a site for these users; `gpus` is null if unknown. */
export function createSiteContexts(
  settings: Settings,
  users: SiteUsers,
  gpus: readonly number[] | null,
): BuildContexts {
  const hasGpus = settings.executor === "slurm" || (gpus?.length ?? 0) > 0;
  return createStagedBuildContexts({
    workFolder: volumeLayout(settings.home).work,
    users,
    // Images with CUDA are several times larger: build them only where there is a GPU.
    buildArgs: { ACCELERATOR: hasGpus ? "cuda" : "cpu", ...settings.buildArgs },
  });
}

/** Opens the site's SIF images; a Docker engine, if one answers, builds missing images. */
export function openSifImages(
  settings: Settings,
  contexts: BuildContexts,
  hasDocker: boolean,
): SifImages {
  return createSifImages({
    folder: volumeLayout(settings.home).images,
    tagOf: (model) => model.image ?? contexts.plan(model).model.tag,
    save: hasDocker ? dockerSave(settings, contexts) : null,
  });
}

function dockerSave(settings: Settings, contexts: BuildContexts): SaveArchive {
  return async (model, path, onLine, signal): Promise<Outcome<void>> => {
    const makeRoom = (): Promise<number> => Promise.resolve(0);
    const work = { engine: DOCKER, contexts, volume: settings.home, makeRoom, onLine, signal };
    const built = await provideImage(model, work);
    if (!built.ok) return built;
    const result = await DOCKER.run(["save", "--output", path, built.value.tag], { signal });
    if (result.exitCode === 0) return DONE;
    return refused("image_missing", `docker save failed: ${result.stderr.trim()}`);
  };
}

async function commandContexts(settings: Settings): Promise<BuildContexts> {
  const { users } = await readSiteUsers(settings.users);
  const gpus = settings.executor === "slurm" ? null : await lookForGpus(settings.gpus);
  return createSiteContexts(settings, users, gpus);
}

/** Builds a model's image if missing, and writes it to a file; throws a RangeError with the reason of a failure. */
export async function exportImage(
  settings: Settings,
  { model: name, path }: { readonly model: string; readonly path: string },
  say: (line: string) => void,
): Promise<void> {
  const lookup = await createFolderModelCatalogue(settings.modelRoots).find(name);
  if (!lookup.ok) throw new RangeError(lookup.message);
  const state = await DOCKER.diagnose();
  if (!state.ok) throw new RangeError(`${state.message}: export where Docker is`);
  await Deno.mkdir(volumeLayout(settings.home).work, { recursive: true });
  const save = dockerSave(settings, await commandContexts(settings));
  const saved = await save(
    lookup.model,
    path,
    ({ text }) => say(text),
    new AbortController().signal,
  );
  if (!saved.ok) throw new RangeError(saved.failure.message);
}

/** Creates the SIF file of an archive unless it exists, and returns its tag and digest. */
export async function importImage(settings: Settings, path: string): Promise<ContainerImage> {
  return await openSifImages(settings, await commandContexts(settings), false).importArchive(path);
}
