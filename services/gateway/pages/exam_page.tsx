import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord, LookedAtExam } from "../../../shared/contracts/datasets.ts";
import type { ExamScore } from "../../../shared/contracts/exam_scores.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { LATERALITIES, lateralityOf } from "../../../shared/domain/mod.ts";
import type { Lesion } from "../../../shared/format/mod.ts";
import { EXAM_KEYS_SHOWN_MAX } from "../../../shared/limits.ts";
import {
  type Column,
  column,
  examHref,
  FactTable,
  HANGING,
  imageHref,
  percentText,
  scoreText,
  Section,
  Table,
  writePage,
} from "../../../shared/pages/mod.ts";
import { EXAM_LOOK, VIEWER_SCRIPTS } from "./exam_look.ts";
import { titleOf } from "./site.ts";

/** Boxes of one model on the images of an exam. */
export interface ExamMarks {
  /** A letter that identifies them without colour. */
  readonly key: string;
  readonly score: ScoreReport;
  /** Null if the file is too large to search. */
  readonly boxes: readonly Lesion[] | null;
}

export interface ExamPageData {
  readonly dataset: DatasetRecord;
  readonly exam: LookedAtExam;
  /** The next exam, whose images are preloaded; null after the last. */
  readonly ahead: LookedAtExam | null;
  /** Ids of the exams of the list that the reader came from; empty for the whole data list. */
  readonly list: readonly string[];
  readonly scores: readonly { readonly report: ScoreReport; readonly exam: ExamScore }[];
  readonly marks: readonly ExamMarks[];
}

/** One image in its place on the light table. */
interface HungImage {
  readonly view: string;
  readonly name: string;
  readonly url: string;
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  readonly flipped: boolean;
  /** Index among several images of the view, from 0. */
  readonly order: number;
}

/** Writes the page of an exam: its images on a light table, the labels, and the models' results. */
export function writeExamPage(data: ExamPageData): string {
  const { dataset, exam, scores, marks } = data;
  return writePage(
    {
      title: titleOf(`Exam ${exam.id} of ${dataset.name}`),
      look: EXAM_LOOK,
      site: true,
      live: { scripts: VIEWER_SCRIPTS, refreshS: null },
    },
    <article>
      <h1>Exam {exam.id}</h1>
      <p class="byline">
        of <a href={`/datasets/${dataset.id}`}>{dataset.name}</a>, {truthText(exam)}
      </p>
      <Neighbours data={data} />
      <LightTable data={data} />
      <Plain data={data} />
      <Section id="scores" title="What models say">
        <Table
          label="Table of scores"
          columns={SCORE_COLUMNS}
          rows={scores.flatMap(({ report, exam: { breasts } }) =>
            breasts.map((breast) => ({ report, ...breast }))
          )}
          long
          empty={<p>No score of this dataset has this exam.</p>}
        />
        <MarksTable marks={marks} />
      </Section>
      <Section id="keys" title="What the data list says">
        <FactTable label="What the data list says" facts={factsOf(exam)} />
        {isPseudonym(exam.id) && (
          <p class="actions">
            <a href={`${examHref(dataset.id, exam.id)}/study`}>Show the DICOM study</a>
          </p>
        )}
      </Section>
    </article>,
  );
}

/** Whether an exam's id is the pseudonym of a DICOM study. */
export function isPseudonym(exam: string): boolean {
  return /^e[0-9a-f]{20}$/.test(exam);
}

/** A label in a word. */
export function cancerText(label: number | null): string {
  return label === null ? "side not known" : label === 1 ? "yes" : "no";
}

function truthText({ malignant }: LookedAtExam): string {
  if (malignant.left === null) return "cancer on a side that the data list does not name";
  const sides = LATERALITIES.filter((side) => malignant[side] === 1);
  return sides.length === 0 ? "no cancer" : `cancer: ${sides.join(" and ")}`;
}

/** Links to the exams before and after it in the reader's list. */
function Neighbours({ data: { dataset, exam, list } }: {
  readonly data: ExamPageData;
}): JSX.Element {
  const [previous, next] = neighboursOf(exam, list);
  const at = list.indexOf(exam.id);
  return (
    <nav class="actions" aria-label="Exams">
      {previous !== null && (
        <a rel="prev" href={examHref(dataset.id, previous, list)}>← Previous exam</a>
      )}
      {next !== null && <a rel="next" href={examHref(dataset.id, next, list)}>Next exam →</a>}
      {at >= 0 && <span>{at + 1} of {list.length} in the list</span>}
    </nav>
  );
}

/** Ids of the exams before and after this one in the list, or in the data list if it is not in the list. */
export function neighboursOf(
  exam: LookedAtExam,
  list: readonly string[],
): readonly [previous: string | null, next: string | null] {
  const at = list.indexOf(exam.id);
  return at < 0 ? [exam.previous, exam.next] : [list[at - 1] ?? null, list[at + 1] ?? null];
}

function hungImages(dataset: DatasetRecord, exam: LookedAtExam): HungImage[] {
  return HANGING.flatMap((view) =>
    (exam.images[view] ?? []).flatMap((name, order) => {
      const size = exam.sizes[name] ?? null;
      if (size === null) return [];
      const isCancer = exam.malignant[lateralityOf(view)] === 1;
      const caption = isCancer ? `${view}, cancer` : view;
      const flipped = exam.horizontal_flip === true;
      return [{ view, name, url: imageHref(dataset.id, name), caption, ...size, flipped, order }];
    })
  );
}

/** The light table and its tools; both need script. */
function LightTable({ data }: { readonly data: ExamPageData }): JSX.Element {
  const images = hungImages(data.dataset, data.exam);
  const boxes = data.marks.flatMap(({ key, boxes }) =>
    (boxes ?? []).map((box) => ({ ...box, key }))
  );
  const ahead = data.ahead === null ? [] : hungImages(data.dataset, data.ahead);
  const button = (id: string, text: string): JSX.Element => (
    <button class="plain" type="button" id={id}>{text}</button>
  );
  return (
    <div id="viewer">
      <div class="tools" role="group" aria-label="How the images are shown">
        {button("fit", "All views")}
        {[...new Set(images.map(({ view }) => view))].map((view) => (
          <button class="plain" type="button" data-view={view}>{view}</button>
        ))}
        {button("true-pixels", "100 %")}
        <label>
          Window <input type="range" id="window" min="2" max="200" value="100" />
        </label>
        <label>
          Level <input type="range" id="level" min="0" max="100" value="50" />
        </label>
        <button class="plain" type="button" id="invert" aria-pressed="false">Invert</button>
        {button("reset", "Reset")}
        {button("full-screen", "Full screen")}
        {data.marks.filter(({ boxes }) => boxes !== null).map(({ key, score }) => (
          <label>
            <input type="checkbox" data-marks={key} checked /> Boxes {key.toUpperCase()}:{" "}
            {modelText(score)}
          </label>
        ))}
      </div>
      <div
        id="table"
        role="group"
        aria-label="Light table with the images"
        data-exam={JSON.stringify({ images, boxes, ahead })}
      >
      </div>
      <p class="note">
        Wheel or two fingers zoom, dragging moves, a double click shows one view. The right button
        drags window and level. Keys: 0 all views, 1 true pixels, + and − zoom, arrows move, i
        invert, r reset, f full screen, m boxes, n and p next and previous exam.
      </p>
    </div>
  );
}

/** The same as plain pictures, without script and for print. */
function Plain({ data: { dataset, exam } }: { readonly data: ExamPageData }): JSX.Element {
  const missing = Object.keys(exam.sizes).filter((name) => exam.sizes[name] === null);
  const images = hungImages(dataset, exam);
  return (
    <>
      {missing.length > 0 && (
        <p class="warnings">
          {missing.join(", ")}: cannot be shown, since the file is gone or damaged.
        </p>
      )}
      {Object.keys(exam.sizes).length === 0 && <p>The data list names no image of this exam.</p>}
      <div class="views plain-views">
        {images.map(({ url, caption, name, flipped, width, height }) => (
          <figure>
            <a href={`${url}?format=png`}>
              <img
                src={`${url}?width=640`}
                alt={`${caption}: ${name}`}
                {...(flipped ? { class: "flipped" } : {})}
                width={width}
                height={height}
                loading="lazy"
              />
            </a>
            <figcaption>{caption}</figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}

type BreastRow = ExamScore["breasts"][number] & { readonly report: ScoreReport };

const SCORE_COLUMNS: readonly Column<BreastRow>[] = [
  column("head", "Model", ({ report }) => (
    <>
      <a href={`/reports/${report.id}`}>{report.model ?? "existing predictions"}</a>
      {report.experiment !== null && <small>{report.experiment}</small>}
    </>
  )),
  column(
    "text",
    "Breast",
    ({ laterality, malignant }) => `${laterality ?? "whole exam"}${malignant ? ", cancer" : ""}`,
  ),
  column("number", "Score", ({ score }) => scoreText(score)),
  column(
    "number",
    "Higher than so many of the healthy breasts",
    ({ rank_among_negatives: rank }) => rank === null ? "—" : percentText(rank),
  ),
  column(
    "number",
    "Higher than so many of the cancers",
    ({ rank_among_positives: rank }) => rank === null ? "—" : percentText(rank),
  ),
];

const MARK_COLUMNS: readonly Column<Lesion & { readonly key: string; readonly model: string }>[] = [
  column("head", "Box", ({ key, model }) => `${key.toUpperCase()}: ${model}`),
  column("text", "Image", ({ image }) => image),
  column("number", "From", ({ x0, y0 }) => `${x0}, ${y0}`),
  column("number", "To", ({ x1, y1 }) => `${x1}, ${y1}`),
  column("number", "Score", ({ score }) => scoreText(score)),
];

function MarksTable({ marks }: { readonly marks: readonly ExamMarks[] }): JSX.Element | null {
  if (marks.length === 0) return null;
  const rows = marks.flatMap(({ key, score, boxes }) =>
    (boxes ?? []).map((box) => ({ ...box, key, model: modelText(score) }))
  );
  return (
    <>
      <h3>Boxes</h3>
      {marks.filter(({ boxes }) => boxes === null).map(({ score }) => (
        <p>The boxes of {modelText(score)} are in a file too large to look through here.</p>
      ))}
      <Table
        label="Table of boxes"
        columns={MARK_COLUMNS}
        rows={rows}
        long
        empty={<p>No model has marked anything in this exam.</p>}
      />
    </>
  );
}

function modelText({ model, experiment }: ScoreReport): string {
  return [model ?? "existing predictions", experiment].filter((part) => part !== null).join(", ");
}

/** Characters of a value that are shown. */
const VALUE_CHARS = 200;

function factsOf({ index, malignant, extras }: LookedAtExam): (readonly [string, string])[] {
  const truth = LATERALITIES.map((side) =>
    [`Cancer, ${side}`, cancerText(malignant[side])] as const
  );
  const keys = Object.entries(extras).slice(0, EXAM_KEYS_SHOWN_MAX).map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const shown = text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS)}…` : text;
    return [key, shown] as const;
  });
  return [["Place in the data list", String(index + 1)], ...truth, ...keys];
}
