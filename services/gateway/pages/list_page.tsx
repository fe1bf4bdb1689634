import type { JSX } from "hono/jsx/jsx-runtime";
import { RelatedLinks } from "../../../shared/pages/mod.ts";
import { ChoiceField, type Entries, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** A field that filters a list: free text, or a choice of values. */
export interface ListFilter {
  /** Its name in the API. */
  readonly name: string;
  readonly label: string;
  readonly choices?: readonly string[];
}

/** One page of a list that may be long. */
export interface ListPage {
  readonly title: string;
  /** Path of the page's address. */
  readonly path: string;
  readonly filters: readonly ListFilter[];
  /** Choices for the number of items on a page. */
  readonly sizes: readonly number[];
  /** Query of the page's address. */
  readonly entries: Entries;
  readonly table: JSX.Element;
  /** Cursor of the next page; null after the last. */
  readonly next: string | null;
}

/** Writes a page of a list; filters and cursor are in its address. */
export function writeListPage(page: ListPage): string {
  const { title, path, filters, sizes, entries, table, next } = page;
  const { cursor, ...asked } = entries;
  const href = (query: Entries): string => `${path}?${new URLSearchParams(query)}`;
  const links = [
    ...cursor === undefined ? [] : [{ href: href(asked), text: "First page" }],
    ...next === null ? [] : [{ href: href({ ...asked, cursor: next }), text: "Next page" }],
  ];
  const state = { entries, problem: null };
  return writeSitePage(
    title,
    <>
      <h1>{title}</h1>
      <form class="filters" method="get" action={path}>
        {filters.map(({ name, label, choices }) => (
          <div>
            {choices === undefined
              ? <TextField {...state} name={name} label={label} required={false} />
              : (
                <ChoiceField
                  {...state}
                  name={name}
                  label={label}
                  choices={[["", "any"], ...choices.map((value) => [value, value] as const)]}
                />
              )}
          </div>
        ))}
        <div>
          <ChoiceField
            {...state}
            name="limit"
            label="A page"
            choices={sizes.map((size) => [String(size), String(size)] as const)}
          />
        </div>
        <button type="submit">Search</button>
      </form>
      {table}
      <RelatedLinks links={links} label="Pages" />
    </>,
  );
}

/** The query for the API: the filled-in fields, and the page size. */
export function askedOf(
  given: Entries,
  { filters, sizes }: Pick<ListPage, "filters" | "sizes">,
): Entries {
  const names = [...filters.map(({ name }) => name), "cursor", "limit"];
  const filled = Object.entries(given).filter(([name, value]) =>
    names.includes(name) && value.trim() !== ""
  ).map(([name, value]) => [name, value.trim()]);
  return { limit: String(sizes[0]), ...Object.fromEntries(filled) };
}
