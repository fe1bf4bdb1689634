import { type Column, column } from "../../../../shared/pages/mod.ts";

/** Model, dataset and page address of a row. */
export interface Subject<Row> {
  readonly model: (row: Row) => string;
  readonly dataset: (row: Row) => string;
  readonly href: (row: Row) => string;
}

/** Creates a table's first columns, model and dataset; the first one links to the row's page. */
export function subjectColumns<Row>(
  { model, dataset, href }: Subject<Row>,
  common: "model" | "dataset" | undefined,
): Column<Row>[] {
  const linked = (name: (row: Row) => string): Column<Row>["cell"] => (row) => (
    <a href={href(row)}>{name(row)}</a>
  );
  if (common === "model") return [column("head", "Dataset", linked(dataset))];
  const head = column("head", "Model", linked(model));
  return common === "dataset" ? [head] : [head, column("text", "Dataset", dataset)];
}
