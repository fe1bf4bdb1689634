import { type Column, column } from "../../../../shared/pages/mod.ts";

/** What a row is about: a model on a dataset, and the page that tells more. */
export interface Subject<Row> {
  readonly model: (row: Row) => string;
  readonly dataset: (row: Row) => string;
  readonly href: (row: Row) => string;
}

/** Makes the first columns of a table: model and dataset, one of them leading to the row's page. */
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
