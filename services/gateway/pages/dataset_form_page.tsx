import type { JSX } from "hono/jsx/jsx-runtime";
import { ChoiceField, type Entries, type FormState, Refusal, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/**
 * Writes the form with which somebody registers data that lie on the server.
 *
 * @param state what was filled in before, and why it was not taken
 */
export function writeDatasetFormPage({ entries, problem }: FormState): string {
  return writeSitePage(
    "Register data",
    <>
      <h1>Register data</h1>
      <p>
        The data stay where they are: a path names a folder or a file on the machine that runs
        mammoeval. Nothing is copied but what has to be converted. How to upload files instead is
        told by the <a href="/docs">API’s page</a>.
      </p>
      <Refusal problem={problem} />
      <PngForm entries={ofKind(entries, "png")} />
      <DicomForm entries={ofKind(entries, "dicom")} />
    </>,
  );
}

/** What was filled in is shown in the form in which it was. */
function ofKind(entries: Entries, kind: string): Entries {
  return entries["kind"] === kind ? entries : {};
}

function PngForm({ entries }: { readonly entries: Entries }): JSX.Element {
  return (
    <section aria-labelledby="png">
      <h2 id="png">PNG images with a data list</h2>
      <form class="entry" method="post" action="/datasets">
        <input type="hidden" name="kind" value="png" />
        <TextField name="name" label="Name" hint="autumn-2024, say" entries={entries} />
        <TextField
          name="images"
          label="Folder of the images"
          hint="an absolute path, or one from the project: sample_data/images"
          entries={entries}
        />
        <TextField
          name="data_list"
          label="Data list"
          hint="a .pkl, .json or .csv: sample_data/data.pkl"
          entries={entries}
        />
        <ChoiceField
          name="check"
          label="How images are checked"
          entries={entries}
          choices={[
            ["header", "both ends of each file: thousands a second"],
            ["pixels", "every byte: about ten a second"],
          ]}
        />
        <button type="submit">Register these images</button>
      </form>
    </section>
  );
}

function DicomForm({ entries }: { readonly entries: Entries }): JSX.Element {
  const field = (name: string): Entries => ({ [`dicom_${name}`]: entries[`dicom_${name}`] ?? "" });
  return (
    <section aria-labelledby="dicom">
      <h2 id="dicom">A DICOM folder with labels</h2>
      <form class="entry" method="post" action="/datasets">
        <input type="hidden" name="kind" value="dicom" />
        <TextField
          name="dicom_name"
          label="Name of the dataset"
          hint="screening-2024, say"
          entries={field("name")}
        />
        <TextField
          name="dicom_folder"
          label="Folder of the DICOM files"
          hint="with sub-folders; it is read only"
          entries={field("folder")}
        />
        <TextField
          name="dicom_labels"
          label="Labels"
          hint="a CSV: StudyInstanceUID or AccessionNumber, left_malignant, right_malignant"
          entries={field("labels")}
        />
        <button type="submit">Convert and register this folder</button>
      </form>
    </section>
  );
}

/**
 * Turns what was filled in into a request.
 *
 * @param entries of the form
 * @returns the body of `POST /v1/datasets`, not yet checked
 */
export function datasetRequestOf(entries: Entries): Record<string, string | undefined> {
  if (entries["kind"] === "dicom") {
    return {
      name: entries["dicom_name"],
      dicom: entries["dicom_folder"],
      labels: entries["dicom_labels"],
    };
  }
  const { name, images, data_list, check } = entries;
  return { name, images, data_list, check };
}
