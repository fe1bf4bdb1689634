import type { JSX } from "hono/jsx/jsx-runtime";
import { counted, RelatedLinks, type SiteLink } from "../../../shared/pages/mod.ts";
import { ChoiceField, type Entries, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** A field that filters a list: free text, or a choice of values. */
export interface ListFilter {
  /** Its name in the address. */
  readonly name: string;
  readonly label: string;
  readonly choices?: readonly string[];
}

export interface ListForm {
  readonly title: string;
  /** Path of the page's address. */
  readonly path: string;
  readonly filters: readonly ListFilter[];
  /** Orders; the first is the usual one. */
  readonly orders: readonly string[];
  /** What one entry is called, and several. */
  readonly nouns: readonly [one: string, many: string];
  /** Links to forms that add an entry. */
  readonly actions?: readonly SiteLink[];
}

/** One page of a list that may be long. */
export interface ListPage {
  readonly form: ListForm;
  /** Query of the page's address. */
  readonly entries: Entries;
  readonly table: JSX.Element;
  readonly total: number;
  /** Cursor of the next page; null after the last. */
  readonly next: string | null;
}

/** Filter by a text in several fields. */
export const SEARCH: ListFilter = { name: "search", label: "Search" };

/** Choices for the number of entries of a page; the first is the usual one. */
const SIZES = ["50", "25", "100", "200"];

/** Writes a page of a list; filters, order and cursor are in its address. */
export function writeListPage({ form, entries, table, total, next }: ListPage): string {
  const { title, path, filters, orders, nouns, actions = [] } = form;
  const { cursor, ...asked } = entries;
  const href = (query: Entries): string => `${path}?${new URLSearchParams(query)}`;
  const links = [
    ...cursor === undefined ? [] : [{ href: href(asked), text: "First page" }],
    ...next === null ? [] : [{ href: href({ ...asked, cursor: next }), text: "Next page" }],
  ];
  const choices: readonly ListFilter[] = [
    ...filters,
    ...orders.length < 2 ? [] : [{ name: "sort", label: "Order", choices: orders }],
    { name: "limit", label: "A page", choices: SIZES },
  ];
  return writeSitePage(
    title,
    <>
      <h1>{title}</h1>
      <RelatedLinks links={actions} label="Actions" />
      <form class="filters" method="get" action={path}>
        {choices.map((filter) => <FilterField {...filter} entries={entries} />)}
        <button type="submit">Show</button>
      </form>
      <p role="status">{counted(total, ...nouns)}</p>
      {table}
      <RelatedLinks links={links} label="Pages" />
    </>,
  );
}

function FilterField(
  { choices, entries, ...field }: ListFilter & { readonly entries: Entries },
): JSX.Element {
  const props = { ...field, entries, problem: null };
  const isOptional = !["sort", "limit"].includes(field.name);
  const options = [...isOptional ? [["", "any"] as const] : []];
  return (
    <div>
      {choices === undefined ? <TextField {...props} required={false} /> : (
        <ChoiceField
          {...props}
          choices={[...options, ...choices.map((value) => [value, value] as const)]}
        />
      )}
    </div>
  );
}

/** The query for the API: the filled-in fields, the order and the page size. */
export function askedOf(given: Entries, { filters, orders }: ListForm): Entries {
  const names = [...filters.map(({ name }) => name), "sort", "cursor", "limit"];
  const filled = Object.entries(given).filter(([name, value]) =>
    names.includes(name) && value.trim() !== ""
  ).map(([name, value]) => [name, value.trim()]);
  return {
    limit: SIZES[0]!,
    ...orders.length < 2 ? {} : { sort: orders[0]! },
    ...Object.fromEntries(filled),
  };
}

/** How a list that is held in memory is searched and sorted. */
export interface HeldList<Item> {
  /** The texts of an entry that a search looks into, by the name of the filter. */
  readonly texts: Readonly<Record<string, (item: Item) => string>>;
  /** What an entry is sorted by, by the name of the order; by default the given order. */
  readonly keys: Readonly<Record<string, (item: Item) => string | number>>;
}

/** Chooses the page of a list that is held in memory; the cursor is the number of entries before it. */
export function choosePage<Item>(
  items: readonly Item[],
  { texts, keys }: HeldList<Item>,
  entries: Entries,
): { shown: readonly Item[]; total: number; next: string | null } {
  const fitting = items.filter((item) =>
    Object.entries(texts).every(([name, textOf]) =>
      textOf(item).toLowerCase().includes((entries[name] ?? "").toLowerCase())
    )
  );
  const key = keys[entries["sort"] ?? ""];
  const ordered = key === undefined ? fitting : fitting.toSorted((a, b) => {
    const [first, second] = [key(a), key(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
  const [start, size] = [wholeOf(entries["cursor"], 0), wholeOf(entries["limit"], 50)];
  const end = start + Math.min(Math.max(size, 1), Number(SIZES.at(-1)));
  return {
    shown: ordered.slice(start, end),
    total: ordered.length,
    next: end < ordered.length ? String(end) : null,
  };
}

function wholeOf(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
