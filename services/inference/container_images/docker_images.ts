import { join } from "node:path";
import type { CommandResult } from "../engine/command.ts";
import type { ContainerEngine } from "../engine/container_engine.ts";
import {
  BASE_LABEL,
  dockerBuildArguments,
  MODEL_LABEL,
  VOLUME_LABEL,
} from "../engine/docker_arguments.ts";
import { type ContainerImage, type OnLine, type Outcome, refused } from "../engine/executor.ts";
import type { Model } from "../models/model_catalogue.ts";
import type { BuildContext, BuildContexts } from "./build_contexts.ts";
import type { ImagePlan } from "./plan_images.ts";

/** Removes unused images and returns how many. */
export type MakeRoom = () => Promise<number>;

export interface ImageWork {
  readonly engine: ContainerEngine;
  readonly contexts: BuildContexts;
  /** Path of the results volume, for the images' label. */
  readonly volume: string;
  readonly makeRoom: MakeRoom;
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

/** Messages of builders, apt and git when the engine's disk is full. */
const NO_SPACE = /no space left on device|disk quota exceeded|not enough free space/i;

export async function findImage(
  engine: ContainerEngine,
  reference: string,
): Promise<ContainerImage | null> {
  const format = ["--format", "{{.Id}} {{json .Created}}"];
  const result = await engine.run(["image", "inspect", ...format, reference]);
  if (result.exitCode !== 0) return null;
  const [id, builtAt] = result.stdout.trim().split(" ");
  if (id === undefined) return null;
  return { tag: reference, digest: digestOf(id), builtAt: builtAt?.replaceAll('"', "") ?? null };
}

/** Digest of an image by its id; Podman prints ids without `sha256:`. */
export function digestOf(id: string): string {
  return id.startsWith("sha256:") ? id : `sha256:${id}`;
}

/** Provides a model's image and its base. A build that finds the disk full is retried once if images can go. */
export async function provideImage(
  model: Model,
  work: ImageWork,
): Promise<Outcome<ContainerImage>> {
  if (model.image !== null) return await providePrivateImage(model, model.image, work);
  const { engine } = work;
  const plans = work.contexts.plan(model);
  const existing = await findImage(engine, plans.model.tag);
  if (existing !== null) return { ok: true, value: existing };
  if (
    model.base !== null && plans.base !== null && await findImage(engine, plans.base.tag) === null
  ) {
    const { name } = model.base;
    const context = await work.contexts.createBase(model.base);
    const plan = { plan: plans.base, dockerfile: "Dockerfile", labels: { [BASE_LABEL]: name } };
    const built = await buildIn(context, plan, work);
    if (built.exitCode !== 0) {
      return buildFailure(engine, `${name}, which ${model.name} builds on,`, built, plans.base);
    }
  }
  const built = await buildIn(await work.contexts.create(model), {
    plan: plans.model,
    dockerfile: join("models", model.name, "Dockerfile"),
    labels: { [MODEL_LABEL]: model.name, "mammoeval.model_version": model.version },
  }, work);
  if (built.exitCode !== 0) return buildFailure(engine, model.name, built, plans.model);
  const image = await findImage(engine, plans.model.tag);
  return image !== null ? { ok: true, value: image } : refused(
    "image_missing",
    `The image of ${model.name} was built but has been removed: was it pruned just now?`,
  );
}

/** Provides a user's own image: the engine has it, or pulls it and checks the digest. */
async function providePrivateImage(
  model: Model,
  reference: string,
  { engine, onLine, signal }: ImageWork,
): Promise<Outcome<ContainerImage>> {
  let image = await findImage(engine, reference);
  if (image === null && reference.includes("@")) {
    const take = (text: string): void => onLine({ at: new Date().toISOString(), text });
    await engine.run(["pull", "--quiet", reference], { signal, onLine: take });
    image = await findImage(engine, reference);
  }
  // The origin is the owner's secret: scores and logs show the model's name instead.
  return image !== null ? { ok: true, value: { ...image, tag: model.name } } : refused(
    "image_missing",
    `The image of ${model.name} does not exist: load it into the engine, or push it to the registry ` +
      "and check that the engine may pull it",
  );
}

interface Build {
  readonly plan: ImagePlan;
  readonly dockerfile: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function buildIn(
  context: BuildContext,
  { plan, dockerfile, labels }: Build,
  work: ImageWork,
): Promise<CommandResult> {
  const args = dockerBuildArguments({
    ...plan,
    context: context.folder,
    dockerfile: join(context.folder, dockerfile),
    labels: { ...labels, [VOLUME_LABEL]: work.volume },
  });
  try {
    return await runBuild(args, work);
  } finally {
    await work.contexts.remove(context);
  }
}

async function runBuild(
  args: readonly string[],
  { engine, makeRoom, onLine, signal }: ImageWork,
): Promise<CommandResult> {
  const say = (text: string): void => onLine({ at: new Date().toISOString(), text });
  const first = await engine.run(args, { signal, onLine: say });
  if (first.exitCode === 0 || signal.aborted || !isDiskFull(first)) return first;
  const removed = await makeRoom();
  if (removed === 0) return first;
  say(
    `the engine's disk is full: ${removed} images that no model needs were removed, trying again`,
  );
  return await engine.run(args, { signal, onLine: say });
}

function isDiskFull({ stdout, stderr }: CommandResult): boolean {
  return NO_SPACE.test(stderr) || NO_SPACE.test(stdout);
}

function buildFailure(
  engine: ContainerEngine,
  name: string,
  built: CommandResult,
  plan: ImagePlan,
): Outcome<never> {
  if (built.exitCode === 127 || /cannot connect to the docker daemon/i.test(built.stderr)) {
    return refused(
      "engine_unavailable",
      `The image of ${name} cannot be built: no ${engine.title} engine answers; start it`,
    );
  }
  if (isDiskFull(built)) {
    return refused(
      "disk_full",
      `The image of ${name} could not be built: ${engine.title} has no space left; free some ` +
        `(${engine.name} system df), then evaluate again`,
    );
  }
  const base = unpulledImage(built, plan.buildArgs);
  if (base !== null) {
    return refused(
      "image_build_failed",
      `The image of ${name} could not be built: its base image ${base.image} cannot be pulled ` +
        `(${base.reason}); load a copy of it into the engine (${engine.name} load), or name another in the ` +
        "Dockerfile; no container was started",
    );
  }
  return refused(
    "image_build_failed",
    `The image of ${name} could not be built (${engine.name} build ended with ${built.exitCode}): ` +
      "the last lines of the build tell why; no container was started",
  );
}

/** Final words of builders when an instruction failed; they repeat its text, which may contain anything. */
const INSTRUCTION_FAILED =
  /returned a non-zero code|executor failed running|did not complete successfully/;
/** Final words of builders that cannot pull an image; each names the image. */
const NOT_PULLED = [
  /failed to resolve source metadata for (?<image>\S+?): (?<reason>.+)/,
  /manifest for (?<image>\S+) not found: (?<reason>.+)/,
  /pull access denied for (?<image>[^\s,]+), (?<reason>.+)/,
  /initializing source docker:\/\/(?<image>\S+?): (?<reason>.+)/,
  /invalid from flag value (?<image>\S+?): (?<reason>.+)/,
];
/** BuildKit repeats the failed step at the end; these steps only look for an image, or pull it. */
const BUILDKIT_STEP =
  /^ > (?:\[[^\]]*\] )?(?:load metadata for|resolve image config for|FROM) (?:docker-image:\/\/)?(?<image>\S+):$/;
const BUILDKIT_ERROR = /^#\d+ ERROR: (?<reason>.*)/;
/** The legacy builder names an image only in its FROM step, with variables. */
const LEGACY_FROM = /^Step \d+\/\d+ : FROM (?:--\S+ )*(?<image>[^\s-]\S*)/i;
const LEGACY_ARGUMENT = /^Step \d+\/\d+ : ARG (?<name>\w+)=["']?(?<value>[^\s"']*)/i;

/** The image that the builder could not pull, and its message; null when the build failed for another reason. */
export function unpulledImage(
  { stdout, stderr }: Pick<CommandResult, "stdout" | "stderr">,
  buildArgs: Readonly<Record<string, string>> = {},
): { readonly image: string; readonly reason: string } | null {
  const lines = [...stdout.split("\n"), ...stderr.trimEnd().split("\n")];
  const last = lines.at(-1)!;
  if (last === "" || INSTRUCTION_FAILED.test(last)) return null;
  for (const sign of NOT_PULLED) {
    const { image, reason } = sign.exec(last)?.groups ?? {};
    if (image !== undefined) return { image, reason: reason!.trim() };
  }
  const step = lines.findLast((line) => BUILDKIT_STEP.test(line));
  const error = lines.findLast((line) => BUILDKIT_ERROR.test(line));
  if (step !== undefined && error !== undefined) {
    const { reason } = BUILDKIT_ERROR.exec(error)!.groups!;
    return { image: BUILDKIT_STEP.exec(step)!.groups!["image"]!, reason: reason!.trim() };
  }
  const at = lines.findLastIndex((line) => line.startsWith("Step "));
  const named = LEGACY_FROM.exec(lines[at] ?? "")?.groups?.["image"];
  // An arrow after the step means that it succeeded.
  if (named === undefined || lines.slice(at + 1).some((line) => line.startsWith(" ---> "))) {
    return null;
  }
  const presets = lines.map((line) => LEGACY_ARGUMENT.exec(line)?.groups)
    .filter((groups) => groups !== undefined);
  const values = {
    ...Object.fromEntries(presets.map(({ name, value }) => [name, value])),
    ...buildArgs,
  };
  const image = named.replaceAll(
    /\$(?:\{(\w+)(?:[^\w}$][^}$]*)?\}|(\w+))/g,
    (text, braced, bare) => values[braced ?? bare] ?? text,
  );
  return { image, reason: last.trim() };
}
