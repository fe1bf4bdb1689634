import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { z } from "zod";

/** Metadata of the one image in an archive of `docker save`. */
export interface DockerArchive {
  readonly tag: string;
  /** `sha256:…` of the image's configuration. */
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
}

const manifestSchema = z.array(z.object({
  Config: z.string(),
  RepoTags: z.array(z.string()).nullable(),
}));
const configSchema = z.object({
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** Maximum size of a manifest or configuration in an archive, in bytes. */
const JSON_BYTES_MAX = 1024 * 1024;
/** By its digest, as the layouts of Docker and of OCI name a configuration. */
const CONFIG_NAME = /^(?:blobs\/sha256\/)?([0-9a-f]{64})(?:\.json)?$/;

/**
 * Reads the metadata of an archive of `docker save`; skips layers.
 * @param path of the uncompressed archive
 * @throws {RangeError} when it is no such archive, or does not have exactly one image with a tag
 */
export async function readDockerArchive(path: string): Promise<DockerArchive> {
  const files = await smallFiles(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound || error?.code === "ENOENT") {
      throw new RangeError(`There is no file ${path}`);
    }
    throw noArchive(path, String(error));
  });
  const manifest = manifestSchema.safeParse(parse(files.get("manifest.json")));
  if (!manifest.success) throw noArchive(path, "it has no manifest.json");
  const [image, ...others] = manifest.data;
  const tag = image?.RepoTags?.[0];
  if (image === undefined || tag === undefined || others.length > 0) {
    throw new RangeError(
      `${path} must have one image with a tag: docker save <tag> writes such a file`,
    );
  }
  const config = configSchema.safeParse(parse(files.get(image.Config)));
  const hex = CONFIG_NAME.exec(image.Config)?.[1];
  if (!config.success || hex === undefined) throw noArchive(path, "it has no configuration");
  return { tag, digest: `sha256:${hex}`, labels: config.data.config?.Labels ?? {} };
}

async function smallFiles(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const unpack = extract();
  createReadStream(path).on("error", (error) => unpack.destroy(error)).pipe(unpack);
  for await (const entry of unpack) {
    const { name, size = Infinity } = entry.header;
    const isRead = name === "manifest.json" || CONFIG_NAME.test(name);
    if (!isRead || size > JSON_BYTES_MAX) entry.resume();
    else files.set(name, await text(entry));
  }
  return files;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}

function noArchive(path: string, reason: string): RangeError {
  return new RangeError(
    `${path} is no archive of docker save (${reason}): deno task image export writes one`,
  );
}
