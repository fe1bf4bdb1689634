import type { ImportProgress } from "../../../shared/contracts/datasets.ts";
import type { ImportPlace } from "./assemble.ts";

/** The halves of an import. */
export const IMPORT_STEPS = ["read", "check"] as const;

/** What a worker is told: which dataset to import, and where. */
export interface ImportOrder {
  readonly step: (typeof IMPORT_STEPS)[number];
  readonly id: string;
  readonly place: ImportPlace;
}

/** What a worker tells. */
export type ImportMessage =
  | { readonly progress: ImportProgress }
  | { readonly ended: true }
  | { readonly failed: string };
