import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../../shared/contracts/datasets.ts";
import { type Column, countText, StateWord, Table } from "../../../../shared/pages/mod.ts";

const COLUMNS: readonly Column<DatasetRecord>[] = [
  { title: "Dataset", kind: "head", cell: ({ id }) => <a href={`/datasets/${id}`}>{id}</a> },
  { title: "State", cell: ({ status }) => <StateWord state={status} /> },
  { title: "Exams", kind: "number", cell: ({ exams }) => countText(exams) },
  { title: "Images", kind: "number", cell: ({ images }) => countText(images) },
  {
    title: "Malignant breasts",
    kind: "number",
    cell: ({ malignant_breasts }) => countText(malignant_breasts),
  },
];

/** Datasets with their states and sizes. */
export function DatasetTable({ items }: { readonly items: readonly DatasetRecord[] }): JSX.Element {
  return (
    <Table
      label="Table of datasets"
      columns={COLUMNS}
      rows={items}
      long
      empty={
        <p>
          There is no dataset yet. <a href="/datasets/new">Register your data</a>.
        </p>
      }
    />
  );
}
