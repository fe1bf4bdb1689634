import { runCommand } from "../engine/command.ts";
import { BASE_LABEL, MODEL_LABEL, VOLUME_LABEL } from "../engine/docker_arguments.ts";
import type { ImageStore, StoredImage } from "./image_store.ts";

/** Images of a Docker engine with this results volume in their labels; those of others are not listed. */
export function createDockerImageStore(volume: string): ImageStore {
  return { list: () => list(volume), remove };
}

/** The fields of `docker image inspect` that are read here. */
interface InspectedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Created: string;
  readonly Size: number;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
}

async function list(volume: string): Promise<StoredImage[]> {
  const ids = await lines(["image", "ls", "--quiet", "--no-trunc", ...labelled(volume)]);
  if (ids.length === 0) return [];
  const inspected = await runCommand("docker", ["image", "inspect", ...new Set(ids)]);
  // The command fails if an image was removed meanwhile, but still prints the others.
  const images: InspectedImage[] = JSON.parse(inspected.stdout || "[]");
  const used = new Set(await lines(["ps", "--all", "--no-trunc", "--format", "{{.Image}}"]));
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
  return (tags.length === 0 ? [image.Id] : tags).map((tag) => ({
    tag,
    digest: image.Id,
    folder,
    // Labels are inherited, so a model's image also has its base's label.
    kind: labels[MODEL_LABEL] === undefined ? "base" : "model",
    sizeBytes: image.Size,
    builtAt: image.Created,
    used: [tag, image.Id, image.Id.replace("sha256:", "")].some((name) => used.has(name)),
  }));
}

async function lines(args: readonly string[]): Promise<string[]> {
  const result = await runCommand("docker", args);
  if (result.exitCode !== 0) return [];
  return result.stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

async function remove(image: StoredImage): Promise<boolean> {
  return (await runCommand("docker", ["image", "rm", image.tag])).exitCode === 0;
}
