import { join } from "node:path";
import type { EvaluationKey, VolumeLayout } from "../../../shared/volume/mod.ts";
import { LEDGER_ADVICE } from "./sqlite_database.ts";

const EVALUATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds the evaluation folders among the results, independent of the ledger. */
export function* findResults(layout: VolumeLayout): Generator<EvaluationKey> {
  for (const experiment of foldersIn(layout.results)) {
    for (const model of foldersIn(join(layout.results, experiment))) {
      for (const id of foldersIn(join(layout.results, experiment, model))) {
        if (EVALUATION_ID.test(id)) yield { experiment, model, id };
      }
    }
  }
}

/** Throws if the ledger is missing or empty beside results: it was lost, not new. */
export function refuseLostLedger(layout: VolumeLayout): void {
  const isThere = sizeOf(layout.ledger) > 0;
  if (isThere || findResults(layout).next().done) return;
  throw new Error(
    `Cannot open the ledger ${layout.ledger}: it is empty or missing, although ${layout.results} ` +
      `has results of evaluations: ${LEDGER_ADVICE}`,
  );
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder))
      .filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => name)
      .sort();
  } catch {
    return []; // a folder that cannot be read has no readable results
  }
}
