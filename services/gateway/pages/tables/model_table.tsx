import type { JSX } from "hono/jsx/jsx-runtime";
import type { ModelRecord } from "../../../../shared/contracts/models.ts";
import { type Column, counted, Table } from "../../../../shared/pages/mod.ts";

/** Models, and folders that were meant to be some. */
export interface ModelList {
  readonly models: readonly ModelRecord[];
  readonly unusable: readonly { readonly name: string; readonly message: string }[];
}

const COLUMNS: readonly Column<ModelRecord>[] = [
  {
    title: "Model",
    kind: "head",
    cell: ({ name, title }) => (
      <>
        <a href={`/models/${name}`}>{name}</a>
        {title !== null && <small>{title}</small>}
      </>
    ),
  },
  { title: "Runs on", cell: ({ devices }) => devices.join(", ") },
  { title: "Predicts by", cell: ({ level }) => level ?? "determined from its predictions" },
  {
    title: "Folder",
    cell: ({ folder, hides }) => (
      <>
        <code>{folder}</code>
        {hides.length > 0 && <small>instead of {hides.join(", ")}</small>}
      </>
    ),
  },
  { title: "Container image", cell: ({ image }) => image === null ? "built when needed" : "ready" },
  { title: "Here", cell: ({ cannot_run }) => cannot_run === null ? "can run" : cannot_run },
];

/** Models with what they run on. */
export function ModelTable({ models, unusable }: ModelList): JSX.Element {
  return (
    <>
      <Table
        label="Table of models"
        columns={COLUMNS}
        rows={models}
        empty={<p>No usable model folder found.</p>}
      />
      {unusable.length > 0 && (
        <div class="warnings">
          <h3>{counted(unusable.length, "model folder")} cannot be used</h3>
          <ul>
            {unusable.map(({ name, message }) => (
              <li>
                <a href={`/models/${name}`}>{name}</a>: {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
