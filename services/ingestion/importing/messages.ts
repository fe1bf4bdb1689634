import type { ImportProgress } from "../../../shared/contracts/datasets.ts";
import type { ImportPlace } from "./assemble.ts";

/** The two halves of an import. */
export const IMPORT_STEPS = ["read", "check"] as const;

/** Request to an import worker. */
export interface ImportOrder {
  readonly step: (typeof IMPORT_STEPS)[number];
  readonly id: string;
  readonly place: ImportPlace;
}

export type ImportMessage =
  | { readonly progress: ImportProgress }
  | { readonly ended: true }
  | { readonly failed: string };
