import { join } from "node:path";
import type { BuildContexts } from "./build_contexts.ts";
import { type CommandResult, runCommand } from "../executors/command.ts";
import {
  BASE_LABEL,
  dockerBuildArguments,
  MODEL_LABEL,
  VOLUME_LABEL,
} from "../executors/docker_arguments.ts";
import type { ContainerImage, Failure, OnLine, Outcome } from "../executors/executor.ts";
import type { Model } from "../models/model_catalogue.ts";
import type { ImagePlan } from "./plan_images.ts";

/** Removes images that nobody needs; tells how many. */
export type MakeRoom = () => Promise<number>;

/** What providing images takes. */
export interface ImageWork {
  readonly contexts: BuildContexts;
  /** Results volume that images are labelled with. */
  readonly volume: string;
  readonly makeRoom: MakeRoom;
  /** Takes the build's output. */
  readonly onLine: OnLine;
  /** Breaks the build off. */
  readonly signal: AbortSignal;
}

/** How builders, apt and git say that the engine's disk is full. */
const NO_SPACE = /no space left on device|disk quota exceeded|not enough free space/i;

/**
 * @param reference tag or digest
 * @returns the image, or null when the engine does not have it
 */
export async function findImage(reference: string): Promise<ContainerImage | null> {
  const format = ["--format", "{{.Id}} {{.Created}}"];
  const result = await runCommand("docker", ["image", "inspect", ...format, reference]);
  if (result.exitCode !== 0) return null;
  const [digest, builtAt] = result.stdout.trim().split(" ");
  return digest === undefined ? null : { tag: reference, digest, builtAt: builtAt ?? null };
}

/**
 * Makes sure that a model's image is there: builds its base where that is missing, then the image. A
 * build that finds the disk full is tried once more when images could be removed.
 *
 * @param model whose image it is
 * @param work contexts, labels, output
 */
export async function provideImage(
  model: Model,
  work: ImageWork,
): Promise<Outcome<ContainerImage>> {
  if (model.image !== null) return await providePrivateImage(model, model.image, work);
  const plans = work.contexts.plan(model);
  const existing = await findImage(plans.model.tag);
  if (existing !== null) return { ok: true, value: existing };
  if (model.base !== null && plans.base !== null && await findImage(plans.base.tag) === null) {
    const { folder, name } = model.base;
    const dockerfile = join(folder, "Dockerfile");
    const built = await build({ plan: plans.base, context: folder, dockerfile }, {
      [BASE_LABEL]: name,
    }, work);
    if (built.exitCode !== 0) return buildFailure(`${name}, which ${model.name} builds on,`, built);
  }
  const context = await work.contexts.create(model);
  try {
    const dockerfile = join(context.folder, "models", model.name, "Dockerfile");
    const labels = { [MODEL_LABEL]: model.name, "mammoeval.model_version": model.version };
    const built = await build(
      { plan: plans.model, context: context.folder, dockerfile },
      labels,
      work,
    );
    if (built.exitCode !== 0) return buildFailure(model.name, built);
  } finally {
    await work.contexts.remove(context);
  }
  const image = await findImage(plans.model.tag);
  return image !== null ? { ok: true, value: image } : failed(
    "image_missing",
    `The image of ${model.name} was built and is gone: was it pruned just now?`,
  );
}

/** An image that somebody else has built: the engine has it, or pulls it and checks the digest. */
async function providePrivateImage(
  model: Model,
  reference: string,
  { onLine, signal }: ImageWork,
): Promise<Outcome<ContainerImage>> {
  let image = await findImage(reference);
  if (image === null && reference.includes("@")) {
    const take = (text: string): void => onLine({ at: new Date().toISOString(), text });
    await runCommand("docker", ["pull", "--quiet", reference], { signal, onLine: take });
    image = await findImage(reference);
  }
  // Where it came from is its owner's business: scores and logs name the model instead.
  return image !== null ? { ok: true, value: { ...image, tag: model.name } } : failed(
    "image_missing",
    `The image of ${model.name} is not there: load it into the engine, or push it to the registry ` +
      "and check that the engine may pull it",
  );
}

/** One build: what, from where. */
interface Build {
  readonly plan: ImagePlan;
  readonly context: string;
  readonly dockerfile: string;
}

async function build(
  { plan, context, dockerfile }: Build,
  labels: Readonly<Record<string, string>>,
  { volume, makeRoom, onLine, signal }: ImageWork,
): Promise<CommandResult> {
  const args = dockerBuildArguments({
    ...{ ...plan, context, dockerfile },
    labels: { ...labels, [VOLUME_LABEL]: volume },
  });
  const say = (text: string): void => onLine({ at: new Date().toISOString(), text });
  const first = await runCommand("docker", args, { signal, onLine: say });
  if (first.exitCode === 0 || signal.aborted || !isDiskFull(first)) return first;
  const removed = await makeRoom();
  if (removed === 0) return first;
  say(
    `the engine's disk is full: ${removed} images that no model needs were removed, trying again`,
  );
  return await runCommand("docker", args, { signal, onLine: say });
}

function isDiskFull({ stdout, stderr }: CommandResult): boolean {
  return NO_SPACE.test(stderr) || NO_SPACE.test(stdout);
}

function buildFailure(name: string, built: CommandResult): Outcome<never> {
  if (built.exitCode === 127 || /cannot connect to the docker daemon/i.test(built.stderr)) {
    return failed(
      "image_missing",
      `The image of ${name} cannot be built: no Docker engine answers; start it`,
    );
  }
  if (isDiskFull(built)) {
    return failed(
      "disk_full",
      `The image of ${name} could not be built: the Docker engine has no space left; free some ` +
        "(docker system df), then evaluate again",
    );
  }
  return failed(
    "image_build_failed",
    `The image of ${name} could not be built (docker build ended with ${built.exitCode}): ` +
      "the last lines of the build tell why; no container was started",
  );
}

function failed(type: Failure["type"], message: string): Outcome<never> {
  return { ok: false, failure: { type, message } };
}
