import { join } from "node:path";
import type { EvaluationNotes } from "../../../shared/contracts/evaluations.ts";
import { type ScoreReport, scoreReportSchema } from "../../../shared/contracts/scores.ts";
import { type Damage, type VolumeLayout, writeJsonAtomic } from "../../../shared/volume/mod.ts";

/** Names and notes of scores, in `scores/<id>/notes.json`: a report itself never changes. */
export function createNotes(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
): {
  of(report: ScoreReport): ScoreReport;
  keep(id: string, changed: EvaluationNotes): Promise<void>;
  forget(id: string): void;
} {
  const fileOf = (id: string): string => join(layout.scores, id, "notes.json");
  const known = new Map<string, Notes>();
  // One object for each report and notes: what is made of a report is kept by the object.
  const shown = new WeakMap<ScoreReport, { readonly notes: Notes; readonly report: ScoreReport }>();

  function read(id: string): Notes {
    const notes = known.get(id) ?? readNotes(fileOf(id), damage);
    known.set(id, notes);
    return notes;
  }

  return {
    of(report): ScoreReport {
      const notes = read(report.id);
      if (Object.keys(notes).length === 0) return report;
      const before = shown.get(report);
      if (before?.notes === notes) return before.report;
      const made = { notes, report: { ...report, ...notes } };
      shown.set(report, made);
      return made.report;
    },
    async keep(id, changed): Promise<void> {
      const { name = null, notes = null } = { ...read(id), ...changed };
      await Deno.mkdir(join(layout.scores, id), { recursive: true });
      try {
        await writeJsonAtomic(fileOf(id), { ...name && { name }, ...notes && { notes } });
      } finally {
        known.delete(id);
      }
    },
    forget: (id) => void known.delete(id),
  };
}

type Notes = Pick<ScoreReport, "name" | "notes">;

function readNotes(path: string, damage: Pick<Damage, "note" | "clear">): Notes {
  try {
    const notes = scoreReportSchema.pick({ name: true, notes: true }).parse(
      JSON.parse(Deno.readTextFileSync(path)),
    );
    damage.clear(path);
    return notes;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      damage.note(path, `it cannot be read (${error}): name the score again`);
    }
    return {};
  }
}
