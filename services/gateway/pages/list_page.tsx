import type { JSX } from "hono/jsx/jsx-runtime";
import { RelatedLinks } from "../../../shared/pages/mod.ts";
import { ChoiceField, type Entries, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** A field by which a list is narrowed: a text, or one of some values. */
export interface ListFilter {
  /** What the API calls it. */
  readonly name: string;
  readonly label: string;
  readonly choices?: readonly string[];
}

/** A page of a list that may be long. */
export interface ListPage {
  readonly title: string;
  /** Path of the page. */
  readonly path: string;
  readonly filters: readonly ListFilter[];
  /** How many items a page may have. */
  readonly sizes: readonly number[];
  /** What the address asks for. */
  readonly entries: Entries;
  readonly table: JSX.Element;
  /** Place of the next page; null after the last. */
  readonly next: string | null;
}

/** Writes a page of a list; what is looked for, and where one is, stands in the address. */
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

/** @returns the query for the API: fields that are filled in, and the size of a page */
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
