import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { ChoiceField, FileField, FoldedFields, Refusal, TextField } from "./form_parts.tsx";
import type { Entries, FormState } from "./form_parts.tsx";
import { Section } from "../../../shared/pages/mod.ts";
import { writeSitePage } from "./site.ts";

const CHECKS = [
  ["header", "both ends of each file: thousands a second"],
  ["pixels", "every byte: about ten a second"],
] as const;
const WINDOW_HINT = "for images with several windows: number from 1, or name; empty for the first";
const LABELS_HINT =
  "a CSV: StudyInstanceUID or AccessionNumber, left_malignant, right_malignant; other columns are kept";

export function PngForm(state: FormState): JSX.Element {
  return (
    <DatasetForm id="png" title="PNG images with a data list" action="/datasets">
      <TextField {...state} id="png-name" name="name" label="Name" hint="for example autumn-2024" />
      <TextField
        {...state}
        id="png-images"
        name="images"
        label="Folder of the images"
        hint="an absolute path, or one below the project folder: sample_data/images"
      />
      <TextField
        {...state}
        id="png-list"
        name="data_list"
        label="Data list"
        hint="a .pkl, .json or .csv: sample_data/data.pkl"
      />
      <ChoiceField
        {...state}
        id="png-check"
        name="check"
        label="Image check"
        choices={CHECKS}
      />
      <button type="submit">Register these images</button>
    </DatasetForm>
  );
}

export function DicomForm(state: FormState): JSX.Element {
  return (
    <DatasetForm id="dicom" title="A DICOM folder with labels" action="/datasets">
      <TextField
        {...state}
        id="dicom-name"
        name="name"
        label="Name of the dataset"
        hint="for example screening-2024"
      />
      <TextField
        {...state}
        id="dicom-folder"
        name="dicom"
        label="Folder of the DICOM files"
        hint="with subfolders; mammoeval only reads it"
      />
      <TextField {...state} id="dicom-labels" name="labels" label="Labels" hint={LABELS_HINT} />
      <WindowField {...state} id="dicom-window" />
      <button type="submit">Convert and register this folder</button>
    </DatasetForm>
  );
}

export function PngUploadForm(state: FormState): JSX.Element {
  return (
    <DatasetForm
      id="png-upload"
      title="Upload PNG images with a data list"
      action="/datasets/upload"
      files
    >
      <TextField {...state} id="png-upload-name" name="name" label="Name of the new dataset" />
      <FileField
        {...state}
        id="png-upload-list"
        name="data_list"
        label="Data list file"
        hint="a .pkl, .json or .csv"
        accept=".pkl,.pickle,.json,.csv"
      />
      <FileField
        {...state}
        id="png-upload-images"
        name="images"
        label="Archive of the images, or the images"
        hint="one .zip, .tar or .tar.gz, with or without folders; or several .png"
        accept=".zip,.tar,.gz,.tgz,.png"
        multiple
      />
      <button type="submit">Upload these images</button>
    </DatasetForm>
  );
}

export function DicomUploadForm(state: FormState): JSX.Element {
  return (
    <DatasetForm
      id="dicom-upload"
      title="Upload DICOM files with labels"
      action="/datasets/upload"
      files
    >
      <TextField
        {...state}
        id="dicom-upload-name"
        name="name"
        label="Name of the converted dataset"
      />
      <FileField
        {...state}
        id="dicom-upload-files"
        name="dicom"
        label="Archive of the DICOM files"
        hint="one .zip, .tar or .tar.gz, with folders as they are"
        accept=".zip,.tar,.gz,.tgz"
      />
      <FileField
        {...state}
        id="dicom-upload-labels"
        name="labels"
        label="Labels file"
        hint={LABELS_HINT}
        accept=".csv"
      />
      <button type="submit">Upload and convert these files</button>
    </DatasetForm>
  );
}

function WindowField({ id, ...state }: FormState & { readonly id: string }): JSX.Element {
  return (
    <FoldedFields title="More" open={(state.entries["window"] ?? "") !== ""}>
      <TextField
        {...state}
        id={id}
        name="window"
        label="Window"
        hint={WINDOW_HINT}
        required={false}
      />
    </FoldedFields>
  );
}

function DatasetForm({ id, title, action, files = false, children }: {
  readonly id: string;
  readonly title: string;
  readonly action: string;
  readonly files?: boolean;
  readonly children?: Child;
}): JSX.Element {
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <form
        class="entry"
        method="post"
        action={action}
        {...(files ? { enctype: "multipart/form-data" } : {})}
      >
        <input type="hidden" name="kind" value={id} />
        {children}
      </form>
    </section>
  );
}

/** Writes the forms to register data on the server or to upload data. */
export function writeDatasetFormPage(state: FormState): string {
  return writeSitePage(
    "Register data",
    <>
      <h1>Register data</h1>
      <Refusal problem={state.problem} />
      <Section id="here" title="Data on the server">
        <p>
          They stay in place: a path names a folder or file on the machine that runs mammoeval. Only
          files that have to be converted are copied.
        </p>
        <PngForm {...stateOf(state, "png")} />
        <DicomForm {...stateOf(state, "dicom")} />
      </Section>
      <Section id="there" title="Data on your computer">
        <p>
          They are uploaded and stored by mammoeval. Of DICOM files only pixels and labels are
          stored, under pseudonyms.
        </p>
        <PngUploadForm {...stateOf(state, "png-upload")} />
        <DicomUploadForm {...stateOf(state, "dicom-upload")} />
      </Section>
    </>,
  );
}

/** Shows entries and problem only in the form that was sent. */
function stateOf({ entries, problem }: FormState, kind: string): FormState {
  return entries["kind"] === kind ? { entries, problem } : { entries: {}, problem: null };
}

/** Converts the form's entries to the body of `POST /v1/datasets`, not yet checked. */
export function datasetRequestOf(entries: Entries): Record<string, string | number | undefined> {
  const { kind, name, images, data_list, check, dicom, labels, window = "" } = entries;
  if (kind !== "dicom") return { name, images, data_list, check };
  return { name, dicom, labels, ...(window === "" ? {} : { window: windowOf(window) }) };
}

/** The number of a window among an image's windows, or its name. */
function windowOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}
