import type { JSX } from "hono/jsx/jsx-runtime";
import { Section } from "../../../../shared/pages/mod.ts";

export interface QueryField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Values and their texts; absent for a text field. */
  readonly choices?: readonly (readonly [value: string, text: string])[];
}

/** A form that asks a page again with another query; works without script. */
export function QueryForm({ action, title, hidden, query, fields }: {
  readonly action: string;
  readonly title: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly fields: readonly QueryField[];
}): JSX.Element {
  return (
    <Section id="ask" title={title} kind="files">
      <form class="entry" method="get" action={action}>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {fields.map(({ name, label, hint, choices }) => (
          <>
            <label for={name}>
              {label}
              {hint !== undefined && <span class="hint">{hint}</span>}
            </label>
            {choices === undefined
              ? <input id={name} name={name} value={query[name] ?? ""} autocomplete="off" />
              : (
                <select id={name} name={name}>
                  {choices.map(([value, text]) => (
                    <option value={value} selected={value === (query[name] ?? "")}>{text}</option>
                  ))}
                </select>
              )}
          </>
        ))}
        <button type="submit">Compute</button>
      </form>
    </Section>
  );
}
