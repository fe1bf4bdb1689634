import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Problem } from "../../../shared/http/mod.ts";
import { FaultTable } from "./tables/fault_table.tsx";

/** Form entries by field name. */
export type Entries = Readonly<Record<string, string>>;

/** State of a form: the previous entries and their problem. */
export interface FormState {
  readonly entries: Entries;
  readonly problem: Problem | null;
}

/** Properties of every field. */
interface FieldProps extends FormState {
  /** Name under which it is sent. */
  readonly name: string;
  /** Id of its element; by default its name. */
  readonly id?: string;
  readonly label: string;
  /** Hint for the reader; none by default. */
  readonly hint?: string;
  /** The field's name in the API; by default the same. */
  readonly field?: string;
}

/** A text field. */
export function TextField({ required = true, ...props }: FieldProps & {
  readonly required?: boolean;
}): JSX.Element {
  const { name, entries } = props;
  return (
    <>
      <FieldHead {...props} />
      <input
        id={props.id ?? name}
        name={name}
        value={entries[name] ?? ""}
        required={required}
        autocomplete="off"
        {...describedBy(props)}
      />
    </>
  );
}

/** A field for several lines of text. */
export function LongTextField(props: FieldProps): JSX.Element {
  const { name, id = name, entries } = props;
  return (
    <>
      <FieldHead {...props} />
      <textarea id={id} name={name} rows={4} {...describedBy(props)}>
        {entries[name] ?? ""}
      </textarea>
    </>
  );
}

/** A field to upload files. */
export function FileField({ accept, multiple = false, required = true, ...props }: FieldProps & {
  /** File name extensions, separated by commas. */
  readonly accept: string;
  readonly multiple?: boolean;
  readonly required?: boolean;
}): JSX.Element {
  const { name } = props;
  return (
    <>
      <FieldHead {...props} />
      <input
        id={props.id ?? name}
        name={name}
        type="file"
        accept={accept}
        multiple={multiple}
        required={required}
        {...describedBy(props)}
      />
    </>
  );
}

/** A choice of one value. */
export function ChoiceField({ choices, ...props }: FieldProps & {
  readonly choices: readonly (readonly [value: string, text: string])[];
}): JSX.Element {
  const { name, entries } = props;
  return (
    <>
      <FieldHead {...props} />
      <select id={props.id ?? name} name={name} {...describedBy(props)}>
        {choices.map(([value, text]) => (
          <option value={value} selected={entries[name] === value}>{text}</option>
        ))}
      </select>
    </>
  );
}

/** Checkboxes for any number of values. */
export function TickField({ choices, ticked, ...props }: FieldProps & {
  readonly choices: readonly (readonly [value: string, text: Child])[];
  readonly ticked: ReadonlySet<string>;
}): JSX.Element {
  const { name, label } = props;
  return (
    <fieldset {...describedBy(props)}>
      <legend>{label}</legend>
      <FieldNotes {...props} />
      {choices.map(([value, text]) => (
        <label class="tick">
          <input type="checkbox" name={name} value={value} checked={ticked.has(value)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Fields for what is measured; `OPTION_FIELDS` are their names. */
export function OptionFields(state: FormState): JSX.Element {
  return (
    <>
      <TextField
        {...state}
        name="operating_points"
        label="Operating points"
        hint="thresholds, sensitivity=SHARE or specificity=SHARE, for example specificity=0.9 0.35; empty for 0.9 of both"
        required={false}
      />
      <TextField
        {...state}
        name="subgroups"
        label="Subgroups"
        hint="keys of the exams, for example density vendor; none for no subgroups; empty for keys with few values"
        required={false}
      />
      <TextField
        {...state}
        name="prevalence"
        label="Prevalence"
        hint="share of exams with cancer in the intended population, for example 0.006; rates are re-weighted to it"
        required={false}
      />
    </>
  );
}

/** Names of the fields for what is measured. */
export const OPTION_FIELDS: readonly string[] = ["operating_points", "subgroups", "prevalence"];

/** Rarely used fields, folded away unless `open`. */
export function FoldedFields({ title, open, children }: {
  readonly title: string;
  readonly open: boolean;
  readonly children?: Child;
}): JSX.Element {
  return (
    <details open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** Whether a field of a group was filled in; if so, the group is shown. */
export function isTouched({ entries }: FormState, names: readonly string[]): boolean {
  return names.some((name) => !["", "all"].includes(entries[name] ?? ""));
}

function FieldHead(props: FieldProps): JSX.Element {
  const { name, id = name, label } = props;
  return (
    <>
      <label for={id}>{label}</label>
      <FieldNotes {...props} />
    </>
  );
}

function FieldNotes(props: FieldProps): JSX.Element {
  const { name, id = name, hint } = props;
  const fault = faultAt(props);
  return (
    <>
      {hint !== undefined && <span class="hint" id={`${id}-hint`}>{hint}</span>}
      {fault !== null && <span class="fault" id={`${id}-fault`}>{fault}</span>}
    </>
  );
}

/** Links a field to its hint and fault for screen readers. */
function describedBy(props: FieldProps): Record<string, string> {
  const { name, id = name, hint } = props;
  const fault = faultAt(props) !== null;
  const ids = [...hint === undefined ? [] : [`${id}-hint`], ...fault ? [`${id}-fault`] : []];
  return {
    ...ids.length === 0 ? {} : { "aria-describedby": ids.join(" ") },
    ...fault ? { "aria-invalid": "true" } : {},
  };
}

/** The fault of a field: one that names it, or a problem that begins with its name. */
function faultAt(
  { problem, field, name }: Pick<FieldProps, "problem" | "field" | "name">,
): string | null {
  if (problem === null) return null;
  const called = field ?? name;
  const fault = problem.errors.find((error) => error.field?.split(".")[0] === called);
  if (fault !== undefined) return fault.message;
  const [first, ...rest] = problem.message.split(": ");
  return first?.split(".")[0] === called && rest.length > 0 ? rest.join(": ") : null;
}

/** The problem of a refused form, with all faults; it takes the focus, so that screen readers announce it. */
export function Refusal({ problem }: Pick<FormState, "problem">): JSX.Element | null {
  if (problem === null) return null;
  return (
    <div class="warnings" role="alert" tabindex={-1} autofocus>
      <h2>Please correct the following</h2>
      <p>{problem.message}</p>
      <FaultTable faults={problem.errors} total={problem.errorsTotal} />
    </div>
  );
}

/** A form for a name and notes of something. */
export function NotesForm({ action, of, entries, problem }: FormState & {
  readonly action: string;
  readonly of: { readonly name?: string | undefined; readonly notes?: string | undefined };
}): JSX.Element {
  const { name = "", notes = "" } = of;
  const state = { entries: { name, notes, ...entries }, problem };
  return (
    <>
      <Refusal problem={problem} />
      <form class="entry" method="post" action={action}>
        <TextField
          {...state}
          name="name"
          label="Name"
          hint="everybody who sees this sees it"
          required={false}
        />
        <LongTextField {...state} name="notes" label="Notes" />
        <button class="plain" type="submit">Save name and notes</button>
      </form>
    </>
  );
}

/** A button that asks for a notice at the end of what the page shows; the script shows it where that is possible. */
export function NoticeButton(): JSX.Element {
  return (
    <p class="actions">
      <button class="plain" type="button" id="notify" hidden>Notify me at the end</button>
    </p>
  );
}
