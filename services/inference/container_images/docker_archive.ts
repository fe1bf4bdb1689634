import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { z } from "zod";

/** What an archive of `docker save` tells of its one image. */
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

/** Longest file of an archive that may be its manifest or a configuration, in bytes. */
const JSON_BYTES_MAX = 1024 * 1024;

/**
 * Reads what an archive of `docker save` says of itself; layers are passed over.
 *
 * @param path of the archive, not compressed
 * @throws {RangeError} when it is none, or has not exactly one image with one tag
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
  const hex = /([0-9a-f]{64})(?:\.json)?$/.exec(image.Config)?.[1];
  if (!config.success || hex === undefined) throw noArchive(path, "it has no configuration");
  return { tag, digest: `sha256:${hex}`, labels: config.data.config?.Labels ?? {} };
}

async function smallFiles(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const unpack = extract();
  unpack.on("entry", ({ name, size }, stream, next) => {
    const parts: Uint8Array[] = [];
    stream.on("data", (part) => {
      if ((size ?? Infinity) <= JSON_BYTES_MAX) parts.push(part as Uint8Array);
    });
    stream.on("end", () => {
      if (parts.length > 0) files.set(name, new TextDecoder().decode(concatenated(parts)));
      next();
    });
  });
  await pipeline(createReadStream(path), unpack);
  return files;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
