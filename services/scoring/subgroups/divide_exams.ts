import type { SubgroupKey } from "../../../shared/contracts/subgroups.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import { attributesOfList, defaultKeys, groupExams } from "../../../shared/subgroups/mod.ts";
import type { Grouping, NamedExam } from "../../../shared/subgroups/mod.ts";
import { readSent, type SentFile } from "../store/sent_file.ts";
import { readAttributes } from "./side_table.ts";

export interface SubgroupChoice {
  /** `false` for none, `true` for all suitable keys, or a list of keys. */
  readonly subgroups: boolean | readonly SubgroupKey[];
  /** Side table of the exams (CSV), whose columns precede the data list's keys; null for none. */
  readonly attributes: SentFile | null;
}

/** The groups, or all errors. */
export type DividedExams =
  | {
    readonly ok: true;
    readonly groupings: readonly Grouping[];
    /** The woman of each exam in the side table, by data-list position; null if not given. */
    readonly patients: ReadonlyMap<number, string> | null;
    readonly warnings: readonly Fault[];
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Divides exams by keys of the data list or of a side table. */
export async function divideExams(
  exams: readonly NamedExam[],
  choice: SubgroupChoice,
): Promise<DividedExams> {
  const table = choice.attributes === null
    ? null
    : readAttributes(new TextDecoder().decode(await readSent(choice.attributes)), exams);
  if (table !== null && table.attributes === null) return { ok: false, errors: table.errors };
  const sources = [table?.attributes ?? null, attributesOfList(exams)].filter((one) =>
    one !== null
  );
  const keys = typeof choice.subgroups !== "boolean"
    ? choice.subgroups
    : choice.subgroups
    ? sources.flatMap((source) => defaultKeys(exams, source))
    : [];
  const { groupings, errors } = groupExams(exams, keys, sources);
  return errors.length > 0
    ? { ok: false, errors }
    : { ok: true, groupings, patients: table?.patients ?? null, warnings: table?.warnings ?? [] };
}
