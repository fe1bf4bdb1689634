import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { Term } from "./glossary.tsx";

export interface Column<Row> {
  readonly title: Child;
  /** `head` names the row; `number` is aligned right; `number` and `whole` are not wrapped. */
  readonly kind: "text" | "head" | "number" | "whole";
  readonly cell: (row: Row) => Child;
}

export function column<Row>(
  kind: Column<Row>["kind"],
  title: Child,
  cell: Column<Row>["cell"],
): Column<Row> {
  return { kind, title, cell };
}

export interface TableProps<Row> {
  /** Accessible name. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly caption?: Child;
  /** Shown instead if there are no rows; nothing by default. */
  readonly empty?: Child;
  /** Whether it may span several printed pages; default: kept on one. */
  readonly long?: boolean;
  readonly kind?: string;
}

/** A table with one row per item; it scrolls horizontally on narrow screens. */
export function Table<Row>(
  { label, columns, rows, caption, empty, long = false, kind = "" }: TableProps<Row>,
): JSX.Element | null {
  if (rows.length === 0) return empty === undefined ? null : <>{empty}</>;
  return (
    <ScrollingRegion label={label}>
      <table {...classOf([kind, long ? "long" : ""].filter((name) => name !== "").join(" "))}>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map(({ title, kind }) => (
              <th scope="col" {...classOf(kind === "head" || kind === "text" ? "" : kind)}>
                <Term>{title}</Term>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => <tr>{columns.map((column) => cellOf(column, row))}</tr>)}
        </tbody>
      </table>
    </ScrollingRegion>
  );
}

function cellOf<Row>({ kind, cell }: Column<Row>, row: Row): JSX.Element {
  if (kind === "head") {
    return (
      <th scope="row">
        <Term>{cell(row)}</Term>
      </th>
    );
  }
  return <td {...classOf(kind === "text" ? "" : kind)}>{cell(row)}</td>;
}

function classOf(name: string): { class?: string } {
  return name === "" ? {} : { class: name };
}

/** A table of names and values, one per line; lines wrap if it is narrow. */
export function FactTable({ label, facts }: {
  readonly label: string;
  readonly facts: readonly (readonly [name: string, value: Child])[];
}): JSX.Element {
  return (
    <table class="facts" aria-label={label}>
      <tbody>
        {facts.map(([name, value]) => (
          <tr>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Scrolls on narrow screens, also by keyboard. Its name differs from that of the surrounding section. */
export function ScrollingRegion(
  { label, children, kind }: {
    readonly label: string;
    readonly children?: Child;
    readonly kind?: string;
  },
): JSX.Element {
  return (
    <div
      class={kind === undefined ? "scroll" : `${kind} scroll`}
      role="region"
      aria-label={`${label}, scrollable`}
      tabindex={0}
    >
      {children}
    </div>
  );
}

/** Meaning of a state; each has its own shape. */
type StateKind = "good" | "bad" | "busy" | "waiting" | "off";

const KINDS: Readonly<Record<string, StateKind>> = {
  succeeded: "good",
  ready: "good",
  passed: "good",
  failed: "bad",
  rejected: "bad",
  building: "busy",
  running: "busy",
  scoring: "busy",
  importing: "busy",
  queued: "waiting",
  advice: "waiting",
  cancelled: "off",
  skipped: "off",
};

/** A state as a word, after a shape that shows it without colour. */
export function StateWord({ state }: { readonly state: string }): JSX.Element {
  return <strong class={`state ${KINDS[state] ?? "off"}`}>{state}</strong>;
}
