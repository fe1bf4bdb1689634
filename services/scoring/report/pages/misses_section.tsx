import type { JSX } from "hono/jsx/jsx-runtime";
import type { Miss, ScoreReport } from "../../../../shared/contracts/scores.ts";
import { type Column, countText, scoreText, Table } from "../../../../shared/pages/mod.ts";

/** The exams to look at first. */
export function MissesSection({ report }: { readonly report: ScoreReport }): JSX.Element | null {
  const { positives, negatives } = report.misses;
  if (positives.length + negatives.length === 0) return null;
  const { count, positives: malignant } = report.levels.breast;
  return (
    <section aria-labelledby="misses">
      <h2 id="misses">Where the model was most wrong</h2>
      <p>The breasts to look at first, by the exam’s id in the data list.</p>
      <MissTable
        caption="Positives with the lowest scores: cancers that the model would miss"
        outranked="Negatives that score as high or higher"
        misses={positives}
        others={count - malignant}
      />
      <MissTable
        caption="Negatives with the highest scores: recalls that the model would ask for"
        outranked="Positives that score as low or lower"
        misses={negatives}
        others={malignant}
      />
    </section>
  );
}

function MissTable({ caption, outranked, misses, others }: {
  readonly caption: string;
  readonly outranked: string;
  readonly misses: readonly Miss[];
  readonly others: number;
}): JSX.Element | null {
  if (misses.length === 0) return null;
  const columns: readonly Column<Miss>[] = [
    { title: "Exam", kind: "head", cell: ({ exam }) => exam },
    { title: "Breast", cell: ({ laterality }) => laterality },
    { title: "Score", kind: "number", cell: ({ score }) => scoreText(score) },
    {
      title: outranked,
      kind: "number",
      cell: ({ outranked_by }) => `${countText(outranked_by)} of ${countText(others)}`,
    },
  ];
  return (
    <>
      <h3>{caption}</h3>
      <Table label={caption} columns={columns} rows={misses} />
    </>
  );
}
