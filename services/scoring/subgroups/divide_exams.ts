import type { SubgroupKey } from "../../../shared/contracts/subgroups.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import {
  attributesOfList,
  defaultKeys,
  groupExams,
  type Grouping,
  type NamedExam,
} from "../../../shared/subgroups/mod.ts";
import { readSent, type SentFile } from "../sent_file.ts";
import { readAttributes } from "./side_table.ts";

/** What divides exams into subgroups. */
export interface SubgroupChoice {
  /** `false` for none, `true` for those keys that lend themselves, or keys. */
  readonly subgroups: boolean | readonly SubgroupKey[];
  /** Side table of the exams (CSV), whose columns come before the data list's keys; null for none. */
  readonly attributes: SentFile | null;
}

/** The groups, or every fault that is in the way. */
export type DividedExams =
  | {
    readonly ok: true;
    readonly groupings: readonly Grouping[];
    /** Whose exam each is by the side table, by position in the data list; null where it does not say. */
    readonly patients: ReadonlyMap<number, string> | null;
    readonly warnings: readonly Fault[];
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Divides exams as a caller asks, by keys of the data list or of a side table. */
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
