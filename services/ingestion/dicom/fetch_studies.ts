import { join } from "node:path";
import { DICOM_FILES_MAX } from "../../../shared/limits.ts";
import { writeFileAtomic } from "../../../shared/volume/mod.ts";
import type { OnProgress } from "../exam_source.ts";
import type { LabelTable } from "./labels.ts";
import { type InstanceAddress, type Pacs, PacsFailed, type PacsQuery } from "./pacs.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** What is fetched, and where to. */
export interface StudiesFetch {
  readonly pacs: Pacs;
  readonly query: PacsQuery;
  /** Studies without a label stay where they are. */
  readonly labels: LabelTable;
  /** Absolute folder for the files. */
  readonly folder: string;
  readonly pseudonyms: Pseudonyms;
  readonly onProgress: OnProgress;
}

/**
 * Fetches the mammograms of all labelled studies from a PACS. Called again after a kill it fetches
 * what is missing.
 *
 * @param fetch what to fetch
 * @throws {PacsFailed} when the PACS does not give it
 */
export async function fetchStudies(fetch: StudiesFetch): Promise<void> {
  const { pacs, folder, pseudonyms, onProgress } = fetch;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const addresses = await labelledMammograms(fetch);
  const present = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) present.add(name);
  for (const [done, address] of addresses.entries()) {
    const name = pseudonyms.image(`pacs ${address.sopInstanceUid}`);
    if (!present.has(name)) await writeFileAtomic(join(folder, name), await pacs.retrieve(address));
    onProgress({ stage: "reading", done: done + 1, total: addresses.length });
  }
}

async function labelledMammograms(
  { pacs, query, labels }: StudiesFetch,
): Promise<InstanceAddress[]> {
  const wanted = new Set(labels.rows.map(({ key }) => key).filter((key) => key !== ""));
  const found: InstanceAddress[] = [];
  for await (const study of pacs.studies(query)) {
    if (!wanted.has(labels.keyOf(study))) continue;
    found.push(...await pacs.mammograms(study.studyInstanceUid));
    if (found.length > DICOM_FILES_MAX) {
      throw new PacsFailed(`The PACS has over ${DICOM_FILES_MAX} images for this: ask for less`);
    }
  }
  return found;
}
