import type { EvaluationRecord, PrivateImage } from "../../../shared/contracts/evaluations.ts";
import { FactTable, Section } from "../../../shared/pages/mod.ts";
import { writeSitePage } from "./site.ts";
import { EvaluationTable } from "./tables/evaluation_table.tsx";

/** Writes the page of a private image, for callers who may know of its evaluations (newest first). */
export function writePrivateModelPage(
  name: string,
  image: PrivateImage,
  evaluations: readonly EvaluationRecord[],
): string {
  return writeSitePage(
    `Model ${name}`,
    <article>
      <h1>{name}</h1>
      <p class="lead">
        A private container image. Only its owner and admins can see this page.
      </p>
      <Section id="evaluations" title="Evaluations">
        <EvaluationTable items={evaluations} of="model" />
      </Section>
      <Section id="image" title="The image">
        <FactTable
          label="Details of the image"
          facts={[
            ["Image", <code>{image.image}</code>],
            ["Folder of predict.sh", <code>{image.predict_path}</code>],
            ["Runs on", image.devices.join(", ")],
            ["Predicts by", image.level],
            [
              "Needs views",
              image.views.length === 0
                ? "none: it uses the views that exist"
                : image.views.join(", "),
            ],
          ]}
        />
      </Section>
    </article>,
  );
}
