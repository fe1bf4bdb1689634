import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";

/** A column of a table. */
export interface Column<Row> {
  /** Its heading. */
  readonly title: Child;
  /** `head` names the row; `number` is aligned right; neither a number nor what is `whole` is broken. */
  readonly kind: "text" | "head" | "number" | "whole";
  /** What stands in it. */
  readonly cell: (row: Row) => Child;
}

/** Makes a column; what stands in it comes last. */
export function column<Row>(
  kind: Column<Row>["kind"],
  title: Child,
  cell: Column<Row>["cell"],
): Column<Row> {
  return { kind, title, cell };
}

/** A table of things that are alike. */
export interface TableProps<Row> {
  /** What a screen reader calls the table. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What stands above the table; nothing unless told. */
  readonly caption?: Child;
  /** What stands there instead where there is no row; nothing unless told. */
  readonly empty?: Child;
  /** Whether it may go over several pages of paper: tables are kept whole unless told. */
  readonly long?: boolean;
  /** A class of the page's style for what is special about it. */
  readonly kind?: string;
}

/** A table with a row for each thing; it scrolls by itself where the screen is narrow. */
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
                {title}
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
  if (kind === "head") return <th scope="row">{cell(row)}</th>;
  return <td {...classOf(kind === "text" ? "" : kind)}>{cell(row)}</td>;
}

function classOf(name: string): { class?: string } {
  return name === "" ? {} : { class: name };
}

/** What is known of one thing: name and value, a line each; breaks its lines where it is narrow. */
export function FactTable({ label, facts }: {
  /** What a screen reader calls the table. */
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

/**
 * Scrolls by itself where the screen is narrow, also by keyboard. Its name differs from that of the section around
 * it, which may carry the same words.
 */
export function ScrollingRegion(
  { label, children, kind }: {
    readonly label: string;
    readonly children?: Child;
    /** A class of the page's style, beside that which scrolls. */
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

/** What a state means for whoever looks: it has a shape of its own beside its word. */
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

/** The state of something: a word, and before it a shape that tells it without colour. */
export function StateWord({ state }: { readonly state: string }): JSX.Element {
  return <strong class={`state ${KINDS[state] ?? "off"}`}>{state}</strong>;
}
