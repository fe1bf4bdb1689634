import { DicomForm, DicomUploadForm, PngForm, PngUploadForm } from "./dataset_forms.tsx";
import { type Entries, type FormState, Refusal } from "./form_parts.tsx";
import { Section } from "../../../shared/pages/mod.ts";
import { writeSitePage } from "./site.ts";

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
