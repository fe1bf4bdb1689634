import type { ExamsQuery } from "../../shared/contracts/datasets.ts";
import { type Exam, examLabel } from "../../shared/domain/mod.ts";
import type { DatasetStore } from "./dataset_store.ts";

/** A page of the exams that fit a query. */
export interface ChosenExams {
  readonly items: readonly Exam[];
  /** Fitting exams on all pages. */
  readonly total: number;
  /** Number of fitting exams up to the end of the page; null after the last one. */
  readonly next: number | null;
}

/** Lines that are read before others get their turn. */
const LINES_AT_ONCE = 1000;

const KEYS: { readonly [Order in ExamsQuery["sort"]]: (exam: Exam) => string | number } = {
  list: ({ index }) => index,
  id: ({ id }) => id,
  cancer: (exam) => -examLabel(exam),
};

/**
 * Chooses a page of the exams with a text in their id, images or keys, and with or without cancer. Reads all exams twice,
 * and holds only those of the page.
 * @param start number of fitting exams before the page
 */
export async function chooseExams(
  dataset: string,
  query: Pick<ExamsQuery, "search" | "cancer" | "sort" | "limit">,
  start: number,
  store: Pick<DatasetStore, "exams">,
): Promise<ChosenExams> {
  const text = (query.search ?? "").toLowerCase();
  const fitting: { readonly index: number; readonly key: string | number }[] = [];
  for await (const exam of examsOf(dataset, store)) {
    const told = [exam.id, ...Object.values(exam.images).flat(), ...Object.values(exam.extras)];
    const fits =
      (query.cancer === undefined || examLabel(exam) === (query.cancer === "yes" ? 1 : 0)) &&
      told.some((one) => String(one).toLowerCase().includes(text));
    if (fits) fitting.push({ index: exam.index, key: KEYS[query.sort](exam) });
  }
  fitting.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index);
  const end = start + query.limit;
  const places = new Map(fitting.slice(start, end).map(({ index }, at) => [index, at]));
  const items: Exam[] = [];
  for await (const exam of examsOf(dataset, store)) {
    if (items.length === places.size) break;
    if (places.has(exam.index)) items.push(exam);
  }
  items.sort((a, b) => places.get(a.index)! - places.get(b.index)!);
  return { items, total: fitting.length, next: end < fitting.length ? end : null };
}

async function* examsOf(
  dataset: string,
  store: Pick<DatasetStore, "exams">,
): AsyncGenerator<Exam> {
  for (let start: number | null = 0; start !== null;) {
    const page: Awaited<ReturnType<DatasetStore["exams"]>> = await store.exams(
      dataset,
      start,
      LINES_AT_ONCE,
    );
    yield* page?.items ?? [];
    start = page?.next ?? null;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
