import { FileField, type FormState, Refusal, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** Writes the form to score a reader study. */
export function writeStudyFormPage(state: FormState): string {
  return writeSitePage(
    "Score a reader study",
    <>
      <h1>Score a reader study</h1>
      <Refusal problem={state.problem} />
      <p>
        A row for each breast, with columns <code>case_ID</code>, <code>side</code> (L or R),{" "}
        <code>label</code> (0 or 1), one <code>Reader01_POM</code> and so on for each reader and one
        {" "}
        <code>AI_name_POM</code> for each model: its score for malignancy of the breast.
      </p>
      <form class="entry" method="post" action="/reader-studies" enctype="multipart/form-data">
        <FileField
          {...state}
          name="results"
          label="Results"
          hint="a CSV, or a pickled pandas DataFrame (.pkl)"
          accept=".csv,.pkl,.pickle"
        />
        <TextField {...state} name="name" label="Name of the study" required={false} />
        <TextField
          {...state}
          name="reader_threshold"
          label="Recall threshold of the readers"
          hint="in the readers' units; if empty, no reader points are drawn"
          required={false}
        />
        <button type="submit">Score this study</button>
      </form>
    </>,
  );
}
