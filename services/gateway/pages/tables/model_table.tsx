import type { JSX } from "hono/jsx/jsx-runtime";
import type { ModelRecord } from "../../../../shared/contracts/models.ts";
import { type Column, column, counted, Table } from "../../../../shared/pages/mod.ts";

/** Models, and model folders that cannot be used. */
export interface ModelList {
  readonly models: readonly ModelRecord[];
  readonly unusable: readonly { readonly name: string; readonly message: string }[];
}

const COLUMNS: readonly Column<ModelRecord>[] = [
  column("head", "Model", ({ name, title }) => (
    <>
      <a href={`/models/${name}`}>{name}</a>
      {title !== null && <small>{title}</small>}
    </>
  )),
  column("text", "Runs on", ({ devices }) => devices.join(", ")),
  column("text", "Predicts by", ({ level }) => level ?? "determined from its predictions"),
  column("text", "Folder", ({ folder, hides }) => (
    <>
      <code>{folder}</code>
      {hides.length > 0 && <small>instead of {hides.join(", ")}</small>}
    </>
  )),
  column("text", "Container image", ({ image }) => image === null ? "built when needed" : "ready"),
  column("text", "Here", ({ cannot_run }) => cannot_run === null ? "can run" : cannot_run),
];

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
