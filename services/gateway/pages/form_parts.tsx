import type { JSX } from "hono/jsx/jsx-runtime";
import type { Problem } from "../../../shared/http/mod.ts";
import { FaultTable } from "./tables/fault_table.tsx";

/** What somebody has filled in, by the name of the field. */
export type Entries = Readonly<Record<string, string>>;

/** A form as it is shown: filled in as before, with what was wrong with that. */
export interface FormState {
  readonly entries: Entries;
  readonly problem: Problem | null;
}

/** A line to fill in. */
export function TextField({ name, label, hint, entries, required = true }: {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly entries: Entries;
  readonly required?: boolean;
}): JSX.Element {
  return (
    <>
      <label for={name}>{label}</label>
      <span class="hint" id={`${name}-hint`}>{hint}</span>
      <input
        id={name}
        name={name}
        value={entries[name] ?? ""}
        aria-describedby={`${name}-hint`}
        required={required}
        autocomplete="off"
      />
    </>
  );
}

/** A choice among few. */
export function ChoiceField({ name, label, choices, entries }: {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly entries: Entries;
}): JSX.Element {
  return (
    <>
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        {choices.map(([value, text]) => (
          <option value={value} selected={entries[name] === value}>{text}</option>
        ))}
      </select>
    </>
  );
}

/** Why a form was not taken, with every fault. */
export function Refusal({ problem }: Pick<FormState, "problem">): JSX.Element | null {
  if (problem === null) return null;
  return (
    <div class="warnings" role="alert">
      <h2>That was not taken</h2>
      <p>{problem.message}</p>
      <FaultTable faults={problem.errors} total={problem.errorsTotal} />
    </div>
  );
}
