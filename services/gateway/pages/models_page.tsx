import { writeSitePage } from "./site.ts";
import { type ModelList, ModelTable } from "./tables/model_table.tsx";

/** Writes the list of models. */
export function writeModelsPage(list: ModelList): string {
  return writeSitePage(
    "Models",
    <>
      <h1>Models</h1>
      <p>
        A model is a folder with what builds its container and what runs in it. How to make one is
        told in{" "}
        <code>docs/model_author.md</code>. Private images are not listed; their users find them
        through their evaluations.
      </p>
      <ModelTable {...list} />
    </>,
  );
}
