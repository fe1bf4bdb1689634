import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { RELEASE_POLICIES } from "../../../shared/contracts/releases.ts";
import type { Released, ReleasePolicy } from "../../../shared/contracts/releases.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { storedDataset, storedLocation, storedScore } from "../../../shared/contracts/stored.ts";
import {
  createRecordReader,
  datasetFiles,
  LAST_BYTES,
  lookAtStored,
  readPlain,
  resolveWithin,
  secretKey,
  writeJsonAtomic,
} from "../../../shared/volume/mod.ts";
import type { Damage, ReadRecord, VolumeLayout } from "../../../shared/volume/mod.ts";
import { idsIn, writeReport } from "./report_files.ts";
import { contentDigest } from "./content.ts";
import { createNotes } from "./score_notes.ts";
import { createScoreIndex, createSequence } from "./score_index.ts";
import type { DatasetList, ScoreStore } from "./score_store.ts";
import { SLUG_PATTERN } from "../../../shared/contracts/common.ts";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { digestFile } from "./sent_file.ts";

/** Scores in `scores/<id>/`, or next to an evaluation's predictions with `scores/<id>/location.json`. */
export function createVolumeScoreStore(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
  policy: ReleasePolicy = "open",
): ScoreStore {
  const read = createRecordReader(damage);
  const readReport = reportReader(read, damage);
  const own = (id: string): string => join(layout.scores, id);

  /** Where reports were last found. If one is gone, its location is read again. */
  const places = new Map<string, Place>();

  async function placeOf(id: string): Promise<Place> {
    const found = await read<Place>(join(own(id), "location.json"), storedLocation);
    return found === null
      ? { folder: own(id) }
      : { ...found, folder: join(layout.home, found.folder) };
  }

  async function get(id: string): Promise<ScoreReport | null> {
    const before = places.get(id);
    const found = before === undefined ? null : await readReport(before, id);
    const place = found === null ? await placeOf(id) : before!;
    const stored = found ?? await readReport(place, id);
    if (stored === null) places.delete(id);
    else places.set(id, place);
    const report = stored && named.of(stored);
    index.note(id, report);
    return report;
  }

  const named = createNotes(layout, damage);
  const index = createScoreIndex({ names: () => idsIn(layout.scores, damage), get });
  const inSequence = createSequence(index.headings);
  const releases = createReleases(layout, policy, damage);

  return {
    ...createScoringInputs(layout, read),
    get,
    headings: index.headings,
    async put(made, files, beside): Promise<ScoreReport> {
      const report = await inSequence(made);
      const folder = beside === null ? own(report.id) : dirname(beside);
      await Deno.mkdir(own(report.id), { recursive: true });
      await writeReport(folder, "score.json", report, files);
      // A user may get the folder next to the predictions, so the digest stays with the service.
      const digest = digestOf(report);
      const location = { folder: relative(layout.home, folder), digest };
      if (beside !== null) await writeJsonAtomic(join(own(report.id), "location.json"), location);
      places.set(report.id, { folder, digest });
      index.note(report.id, report);
      return report;
    },
    async remove(id): Promise<void> {
      const { folder } = await placeOf(id);
      // The report first: a half-deleted score is no score.
      await Deno.remove(join(folder, "score.json")).catch(ignoreMissing);
      await Deno.remove(own(id), { recursive: true }).catch(ignoreMissing);
      releases.forget(id);
      named.forget(id);
      places.delete(id);
      index.note(id, null);
    },
    ...releases,
    annotate: named.keep,
    contentDigest: async (parts) => contentDigest(await secretKey(layout.scoreKey), parts),
    file: async (id, name) =>
      await readPlain(join((places.get(id) ?? await placeOf(id)).folder, name)),
  };
}

/** Reads a report, and rejects one that differs from the stored digest. */
function reportReader(
  read: ReadRecord,
  damage: Pick<Damage, "note" | "clear">,
): (place: Place, id: string) => Promise<ScoreReport | null> {
  return async ({ folder, digest }, id) => {
    const path = join(folder, "score.json");
    const report = await read<ScoreReport>(path, storedScore(id));
    if (report === null || digest === undefined) return report;
    if (digestOf(report) === digest) {
      damage.clear(path);
      return report;
    }
    damage.note(path, CHANGED);
    return null;
  };
}

interface Place {
  readonly folder: string;
  /** Digest of the report; absent in a folder of the service or from an earlier version. */
  readonly digest?: string | undefined;
}

const CHANGED = "it is not the report that mammoeval wrote (its digest differs): restore it " +
  "from a backup, or delete the evaluation";

/** Digest of a report's content, ignoring white space. Computed once per report object. */
function digestOf(report: ScoreReport): string {
  const known = digests.get(report);
  if (known !== undefined) return known;
  const digest = `sha256:${createHash("sha256").update(JSON.stringify(report)).digest("hex")}`;
  digests.set(report, digest);
  return digest;
}

const digests = new WeakMap<ScoreReport, string>();

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Reads data lists and predictions from the volume. Writes nothing. */
function createScoringInputs(layout: VolumeLayout, read: ReadRecord): Pick<
  ScoreStore,
  "dataList" | "datasetId" | "digest" | "patientKey" | "predictions" | "releasePolicy"
> {
  async function readyDataset(dataset: string): Promise<DatasetRecord | null> {
    if (!SLUG_PATTERN.test(dataset)) return null;
    const { record: path } = datasetFiles(layout, dataset);
    const record = await read<DatasetRecord>(path, storedDataset(dataset));
    return record?.status === "ready" ? record : null;
  }

  return {
    async dataList(dataset): Promise<DatasetList | null> {
      const record = await readyDataset(dataset);
      if (record === null) return null;
      const file = await lookAtStored(datasetFiles(layout, dataset).dataList, LAST_BYTES.pickle);
      return { file, digest: record.digest };
    },
    async datasetId(idOrName): Promise<string> {
      if (await readyDataset(idOrName) !== null) return idOrName;
      const name = idOrName.normalize("NFC");
      const folders = await Array.fromAsync(Deno.readDir(layout.datasets)).catch(() => []);
      for (const { name: id } of folders) {
        if ((await readyDataset(id))?.name === name) return id;
      }
      return idOrName;
    },
    releasePolicy: async (dataset) => (await readyDataset(dataset))?.release ?? null,
    digest: async (dataset) => (await readyDataset(dataset))?.digest ?? null,
    patientKey: () => secretKey(layout.scoreKey),
    predictions: async (path) => await digestFile(await resolveWithin(path, [layout.results])),
  };
}

/** The release of scores: from `scores/<id>/release.json`, the dataset's policy, or the site's. */
function createReleases(
  layout: VolumeLayout,
  policy: ReleasePolicy,
  damage: Pick<Damage, "note" | "clear">,
): Pick<ScoreStore, "release" | "released"> & { forget(id: string): void } {
  const fileOf = (id: string): string => join(layout.scores, id, "release.json");
  // A list asks for thousands. Only this service writes the files, so each is read once.
  const known = new Map<string, Released | null>();

  function read(id: string): Released | null {
    const released = known.has(id) ? known.get(id)! : readRelease(fileOf(id), damage);
    known.set(id, released);
    return released;
  }

  return {
    // The same upload gets the same id again: it must not get the release of the score before.
    forget: (id) => void known.delete(id),
    released: ({ id, provenance }) => read(id) ?? releasedBy(policyOf(provenance) ?? policy),
    async release(id, as, by): Promise<void> {
      await Deno.mkdir(join(layout.scores, id), { recursive: true });
      try {
        await writeJsonAtomic(fileOf(id), { as, by, at: new Date().toISOString() });
      } finally {
        known.delete(id);
      }
    },
  };
}

/** An unreadable file withholds the score. */
function readRelease(path: string, damage: Pick<Damage, "note" | "clear">): Released | null {
  try {
    const { as } = JSON.parse(Deno.readTextFileSync(path));
    if (!["full", "coarse", "withheld"].includes(as)) throw new SyntaxError("no release");
    damage.clear(path);
    return as;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    damage.note(path, `it cannot be read (${error}), so the score is withheld: release it again`);
    return "withheld";
  }
}

/** The policy in the report's provenance: that of its dataset, which may be gone by now. */
function policyOf({ release }: { readonly release?: unknown }): ReleasePolicy | undefined {
  return RELEASE_POLICIES.find((policy) => policy === release);
}

function releasedBy(policy: ReleasePolicy): Released {
  return policy === "open" ? "full" : policy === "coarse" ? "coarse" : "withheld";
}
