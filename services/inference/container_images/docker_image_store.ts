import type { ContainerEngine } from "../engine/container_engine.ts";
import { BASE_LABEL, MODEL_LABEL, VOLUME_LABEL } from "../engine/docker_arguments.ts";
import { digestOf } from "./docker_images.ts";
import type { ImageStore, StoredImage } from "./image_store.ts";

/** Images of an engine with this results volume in their labels; those of others are not listed. */
export function createDockerImageStore(engine: ContainerEngine, volume: string): ImageStore {
  return {
    list: () => list(engine, volume),
    remove: async ({ tag }) => (await engine.run(["image", "rm", tag])).exitCode === 0,
  };
}

interface InspectedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Created: string;
  readonly Size: number;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
}

async function list(engine: ContainerEngine, volume: string): Promise<StoredImage[]> {
  const ids = await lines(engine, ["image", "ls", "--quiet", "--no-trunc", ...labelled(volume)]);
  if (ids.length === 0) return [];
  const inspected = await engine.run(["image", "inspect", ...new Set(ids)]);
  // The command fails if an image was removed meanwhile, but still prints the others.
  const images: InspectedImage[] = JSON.parse(inspected.stdout || "[]");
  const used = new Set(
    await lines(engine, ["ps", "--all", "--no-trunc", "--format", "{{.Image}}"]),
  );
  return images.flatMap((image) => shownOf(image, used))
    .sort((a, b) => a.builtAt < b.builtAt ? -1 : 1);
}

function labelled(volume: string): string[] {
  return ["--filter", `label=${VOLUME_LABEL}=${volume}`];
}

function shownOf(image: InspectedImage, used: ReadonlySet<string>): StoredImage[] {
  const labels = image.Config.Labels ?? {};
  const base = labels[BASE_LABEL];
  const folder = base ?? labels[MODEL_LABEL];
  if (folder === undefined) return [];
  const tags = image.RepoTags ?? [];
  const digest = digestOf(image.Id);
  // Podman names images without a registry `localhost/…`.
  const names = tags.map((tag) => tag.replace(/^localhost\//, ""));
  return (tags.length === 0 ? [digest] : names).map((tag) => ({
    tag,
    digest,
    folder,
    // Labels are inherited, so a model's image also has its base's label.
    kind: labels[MODEL_LABEL] === undefined ? "base" : "model",
    sizeBytes: image.Size,
    builtAt: image.Created,
    used: [...tags, tag, digest, digest.replace("sha256:", "")].some((name) => used.has(name)),
  }));
}

async function lines(engine: ContainerEngine, args: readonly string[]): Promise<string[]> {
  const result = await engine.run(args);
  if (result.exitCode !== 0) return [];
  return result.stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
