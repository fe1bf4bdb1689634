import { join } from "node:path";
import { z } from "zod";
import {
  makePassage,
  readJson,
  withFileLock,
  writeJsonAtomic,
} from "../../../shared/volume/mod.ts";
import { runCommand } from "../engine/command.ts";
import { BASE_LABEL, MODEL_LABEL } from "../engine/docker_arguments.ts";
import { refused } from "../engine/executor.ts";
import type { ContainerImage, Executor, Outcome } from "../engine/executor.ts";
import { createFileDigests } from "../models/file_digests.ts";
import type { Model } from "../models/model_catalogue.ts";
import type { ImageStore, StoredImage } from "./image_store.ts";
import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";

export interface SifImages extends ImageStore, Pick<Executor, "provision"> {
  /** The model's image, if it exists and is undamaged. */
  find(model: Model): Promise<ContainerImage | null>;
  /** Absolute path of the file with this digest, `sha256:…`. */
  pathOf(digest: string): string;
  /** Creates a SIF file from an archive of `docker save`, unless it exists; throws a RangeError for a bad archive. */
  importArchive(archive: string): Promise<ContainerImage>;
}

/** Metadata of `<digest>.sif`, stored beside it as `<digest>.json`. */
const recordSchema = z.object({
  tag: z.string(),
  /** `sha256:…` of the file. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** `sha256:…` of the source image's configuration. */
  source: z.string(),
  folder: z.string(),
  kind: z.enum(["model", "base"]),
  bytes: z.number(),
  built_at: z.string(),
});
type SifRecord = z.infer<typeof recordSchema>;

/** Writes the archive of a model's image to a path; fails if no engine can build it. */
export type SaveArchive = (
  model: Model,
  path: string,
  ...work: Tail<Parameters<Executor["provision"]>>
) => Promise<Outcome<void>>;
type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest
  : never;

export interface SifImagesOptions {
  readonly folder: string;
  readonly tagOf: (model: Model) => string;
  /** Builds missing images with another engine; null if there is none. */
  readonly save: SaveArchive | null;
}

/** Keeps SIF files: named by their digest, written once under a lock, and verified before each use. */
export function createSifImages({ folder, tagOf, save }: SifImagesOptions): SifImages {
  const digestOf = createFileDigests();
  const pathOf = (digest: string): string => join(folder, `${hexOf(digest)}.sif`);

  async function isWhole({ digest }: SifRecord): Promise<boolean> {
    return await digestOf(pathOf(digest)).catch(() => null) === hexOf(digest);
  }

  async function findTag(tag: string): Promise<ContainerImage | null> {
    for (const record of (await records(folder)).reverse()) {
      if (record.tag === tag && await isWhole(record)) return shown(record);
    }
    return null;
  }

  async function importArchive(archive: string): Promise<ContainerImage> {
    const { tag, digest, labels } = await readDockerArchive(archive);
    await makePassage(folder);
    return await withFileLock(join(folder, ".lock"), async () => {
      for (const record of await records(folder)) {
        if (record.tag === tag && record.source === digest && await isWhole(record)) {
          return shown(record);
        }
      }
      return shown(await build(folder, archive, { tag, digest, labels }, digestOf));
    });
  }

  return {
    pathOf,
    importArchive,
    find: (model) => findTag(tagOf(model)),
    async provision(model, onLine, signal): Promise<Outcome<ContainerImage>> {
      const found = await findTag(tagOf(model));
      if (found !== null) return { ok: true, value: found };
      if (save === null) return missing(model, tagOf(model));
      await makePassage(folder);
      const archive = join(folder, `.${crypto.randomUUID()}.tar`);
      try {
        const saved = await save(model, archive, onLine, signal);
        return saved.ok ? { ok: true, value: await importArchive(archive) } : saved;
      } finally {
        await Deno.remove(archive).catch(() => {});
      }
    },
    list: async () =>
      (await records(folder)).map((record): StoredImage => ({
        ...{ tag: record.tag, digest: record.digest, folder: record.folder, kind: record.kind },
        ...{ sizeBytes: record.bytes, builtAt: record.built_at, used: false },
      })),
    async remove({ digest }): Promise<boolean> {
      // A running container keeps the file open.
      await Deno.remove(pathOf(digest)).catch(() => {});
      await Deno.remove(recordPath(folder, digest)).catch(() => {});
      return true;
    },
  };
}

async function build(
  folder: string,
  archive: string,
  { tag, digest: source, labels }: DockerArchive,
  digestOf: (path: string) => Promise<string>,
): Promise<SifRecord> {
  // A colon would end the path in Apptainer's argument.
  if (archive.includes(":")) throw new RangeError(`Rename ${archive}: its path may have no colon`);
  const work = await Deno.makeTempDir({ dir: folder, prefix: ".build-" });
  try {
    const made = join(work, "image.sif");
    const result = await runCommand("apptainer", ["build", made, `docker-archive:${archive}`], {
      environment: {
        PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
        ...{ HOME: work, APPTAINER_CACHEDIR: work, APPTAINER_TMPDIR: work },
      },
    });
    if (result.exitCode !== 0) {
      const reason = result.stderr.trim().split("\n").at(-1);
      throw new RangeError(`Apptainer cannot make an image of ${archive}: ${reason}`);
    }
    const hex = await digestOf(made);
    const { size } = await Deno.stat(made);
    await Deno.chmod(made, 0o444);
    await Deno.rename(made, join(folder, `${hex}.sif`));
    const record: SifRecord = {
      ...{ tag, digest: `sha256:${hex}`, source, bytes: size, built_at: new Date().toISOString() },
      folder: labels[MODEL_LABEL] ?? labels[BASE_LABEL] ?? "",
      kind: labels[MODEL_LABEL] === undefined && labels[BASE_LABEL] !== undefined
        ? "base"
        : "model",
    };
    await writeJsonAtomic(recordPath(folder, record.digest), record);
    return record;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Readable records, oldest first. */
async function records(folder: string): Promise<SifRecord[]> {
  const found: SifRecord[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((): Deno.DirEntry[] => []);
  for (const { name } of entries) {
    if (!/^[0-9a-f]{64}\.json$/.test(name)) continue;
    const record = recordSchema.safeParse(await readJson(join(folder, name)).catch(() => null));
    if (record.success && name === `${hexOf(record.data.digest)}.json`) found.push(record.data);
  }
  return found.sort((a, b) => a.built_at < b.built_at ? -1 : 1);
}

function recordPath(folder: string, digest: string): string {
  return join(folder, `${hexOf(digest)}.json`);
}

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, "");
}

function shown({ tag, digest, built_at }: SifRecord): ContainerImage {
  return { tag, digest, builtAt: built_at };
}

function missing({ name }: Model, tag: string): Outcome<never> {
  return refused(
    "image_missing",
    `The image of ${name}, ${tag}, is not on the volume, or it is damaged. Where Docker is, with the ` +
      `same models and settings, run deno task image export ${name} ${name}.tar; ` +
      `here run deno task image import ${name}.tar`,
  );
}

/** Metadata of the one image in an archive of `docker save`. */
interface DockerArchive {
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
 * Reads the metadata of an uncompressed archive of `docker save`; skips layers.
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
