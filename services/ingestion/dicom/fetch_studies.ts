import { join } from "node:path";
import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { DICOM_FILES_MAX } from "../../../shared/limits.ts";
import { writeFileAtomic } from "../../../shared/volume/mod.ts";
import type { ImportProgress } from "../../../shared/contracts/datasets.ts";
import type { LabelTable } from "./labels.ts";
import { PacsFailed } from "./pacs.ts";
import type { InstanceAddress, Pacs, PacsDoubt, PacsQuery } from "./pacs.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

export interface StudiesFetch {
  readonly pacs: Pacs;
  readonly query: PacsQuery;
  readonly labels: LabelTable;
  /** Absolute target folder. */
  readonly folder: string;
  readonly pseudonyms: Pseudonyms;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** Warnings about a PACS's answers, each reported once. */
const DOUBTS: Readonly<Record<PacsDoubt, (count: number) => string>> = {
  pacs_uid_invalid: (count) =>
    `The PACS lists ${count} studies, series or images with a UID that is none: they were not fetched`,
  pacs_offset_ignored: () =>
    "The PACS gives the same studies again for another offset: if it has more than it lists at once, narrow the " +
    "query, for example by StudyDate",
};

/**
 * Fetches the mammograms of all labelled studies from a PACS; a repeated call fetches only what is missing.
 * Images that are listed but missing are errors; odd answers are warnings.
 * @throws {PacsFailed} when the PACS does not answer
 */
export async function fetchStudies(
  fetch: StudiesFetch,
): Promise<{ errors: Fault[]; warnings: Fault[] }> {
  const { pacs, folder, labels, pseudonyms, onProgress } = fetch;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const doubts = new Map<PacsDoubt, number>();
  const images = await labelledMammograms(fetch, (one) => {
    doubts.set(one, (doubts.get(one) ?? 0) + 1);
  });
  const present = new Set<string>();
  const errors: Fault[] = [];
  for await (const { name } of Deno.readDir(folder)) present.add(name);
  for (const [done, { address, key }] of images.entries()) {
    const name = pseudonyms.image(`pacs ${address.sopInstanceUid}`);
    const file = present.has(name) ? null : await pacs.retrieve(address);
    if (file !== null) await writeFileAtomic(join(folder, name), file);
    else if (!present.has(name)) {
      const { row } = labels.rows.find((one) => one.key === key)!;
      const exam = pseudonyms.exam(address.studyInstanceUid);
      const message =
        `Exam ${exam} (line ${row} of the labels): the PACS lists an image and has no file for it`;
      errors.push(faultOf({ exam, row, code: "pacs_image_missing", message }));
    }
    onProgress({ stage: "reading", done: done + 1, total: images.length });
  }
  const warnings = [...doubts].map(([code, count]) =>
    faultOf({ code, message: DOUBTS[code](count) })
  );
  return { errors, warnings };
}

async function labelledMammograms(
  { pacs, query, labels }: StudiesFetch,
  doubt: (doubt: PacsDoubt) => void,
): Promise<{ address: InstanceAddress; key: string }[]> {
  const wanted = new Set(labels.rows.map(({ key }) => key).filter((key) => key !== ""));
  const found: { address: InstanceAddress; key: string }[] = [];
  for await (const study of pacs.studies(query, doubt)) {
    const key = labels.keyOf(study);
    if (!wanted.has(key)) continue;
    const addresses = await pacs.mammograms(study.studyInstanceUid, doubt);
    found.push(...addresses.map((address) => ({ address, key })));
    if (found.length > DICOM_FILES_MAX) {
      throw new PacsFailed(`The PACS has over ${DICOM_FILES_MAX} images for this query: narrow it`);
    }
  }
  return found;
}
