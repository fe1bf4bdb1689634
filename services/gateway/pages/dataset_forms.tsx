import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { ChoiceField, FileField, FoldedFields, type FormState, TextField } from "./form_parts.tsx";

const CHECKS = [
  ["header", "both ends of each file: thousands a second"],
  ["pixels", "every byte: about ten a second"],
] as const;
const WINDOW_HINT = "for images with several windows: number from 1, or name; empty for the first";
const LABELS_HINT =
  "a CSV: StudyInstanceUID or AccessionNumber, left_malignant, right_malignant; other columns are kept";

/** Form for PNGs on the server. */
export function PngForm(state: FormState): JSX.Element {
  return (
    <DatasetForm id="png" title="PNG images with a data list" action="/datasets">
      <TextField {...state} id="png-name" name="name" label="Name" hint="autumn-2024, say" />
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

/** Form for a DICOM folder on the server. */
export function DicomForm(state: FormState): JSX.Element {
  return (
    <DatasetForm id="dicom" title="A DICOM folder with labels" action="/datasets">
      <TextField
        {...state}
        id="dicom-name"
        name="name"
        label="Name of the dataset"
        hint="screening-2024, say"
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

/** Form to upload PNGs. */
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

/** Form to upload DICOM files. */
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
