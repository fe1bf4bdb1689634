import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../../shared/contracts/datasets.ts";
import {
  type Column,
  column,
  countText,
  momentText,
  StateWord,
  Table,
} from "../../../../shared/pages/mod.ts";

const COLUMNS: readonly Column<DatasetRecord>[] = [
  column("head", "Dataset", ({ id, name }) => (
    <>
      <a href={`/datasets/${id}`}>{name}</a>
      {name !== id && <small>{id}</small>}
    </>
  )),
  column("text", "State", ({ status }) => <StateWord state={status} />),
  column("number", "Exams", ({ exams }) => countText(exams)),
  column("number", "Images", ({ images }) => countText(images)),
  column("number", "Malignant breasts", ({ malignant_breasts }) => countText(malignant_breasts)),
  column("whole", "Registered", ({ created_at }) => momentText(created_at)),
];

export function DatasetTable(
  { items }: { readonly items: readonly DatasetRecord[] },
): JSX.Element | null {
  return (
    <Table
      label="Table of datasets"
      columns={COLUMNS}
      rows={items}
      long
      empty={
        <p>
          No datasets yet. <a href="/datasets/new">Register your data</a>.
        </p>
      }
    />
  );
}
