import {
  auroc,
  normalCdf,
  normalQuantile,
  type Random,
  stream,
} from "../../services/scoring/statistics/mod.ts";

/** A world in which the truth is known. Scores are normal, of variance 1, and higher in cancer. */
export interface Scenario {
  readonly name: string;
  readonly exams: number;
  /** Views of each breast; 1 for scores of breasts. */
  readonly views: number;
  /** Chance that a breast has cancer. */
  readonly prevalence: number;
  /** Share of the variance that all images of an exam have in common. */
  readonly ofExam: number;
  /** Share that all images of a breast have in common, beyond that of the exam. */
  readonly ofBreast: number;
  /** By how much scores are higher in cancer, in standard deviations. */
  readonly separation: number;
  /** Exams of each woman, who is then the cluster; 1 unless given. */
  readonly examsOfWoman?: number;
  /** Share of the variance that all images of a woman have in common, beyond that of the exam. */
  readonly ofWoman?: number;
  /** Whether scores are grades from 1 to 5: nearly all of them are tied. */
  readonly grades?: boolean;
  /** Whether an exam has the higher score of its breasts, and cancer where either has. */
  readonly examLevel?: boolean;
}

/** A sample drawn from a scenario. */
export interface ScenarioSample {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly clusters: Int32Array;
}

const COMMON = { exams: 200, prevalence: 0.15, separation: 1.2 };

/** From the case that textbooks have to the one that mammography has. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "breasts, all independent", ...COMMON, views: 1, ofExam: 0, ofBreast: 0 },
  { name: "breasts, alike within an exam", ...COMMON, views: 1, ofExam: 0.6, ofBreast: 0 },
  { name: "images, alike within a breast", ...COMMON, views: 2, ofExam: 0.3, ofBreast: 0.4 },
];

const BREASTS = { ...COMMON, views: 1, ofExam: 0.3, ofBreast: 0 };

/** What the first three leave out. */
export const EDGES: readonly Scenario[] = [
  { name: "exam level", ...BREASTS, examLevel: true },
  {
    name: "four exams of each woman",
    ...BREASTS,
    ...{ exams: 400, ofExam: 0.1, examsOfWoman: 4, ofWoman: 0.5 },
  },
  { name: "grades 1 to 5", ...BREASTS, grades: true },
  { name: "nearly perfect", ...BREASTS, separation: 3 },
];

/** The threshold of which sensitivity is asked: the mean of cancers. */
export const THRESHOLD = COMMON.separation;

/**
 * @param scenario the world
 * @param seed of the draw
 * @returns one sample of it
 */
export function drawScenario(scenario: Scenario, seed: number): ScenarioSample {
  const { exams, views, prevalence, ofExam, ofBreast, separation } = scenario;
  const { examsOfWoman = 1, ofWoman = 0 } = scenario;
  const random = stream(seed, 0);
  const rows = exams * 2 * views;
  const sample = {
    scores: new Float64Array(rows),
    labels: new Uint8Array(rows),
    clusters: new Int32Array(rows),
  };
  const rest = Math.sqrt(1 - ofWoman - ofExam - ofBreast);
  let woman = 0;
  for (let exam = 0; exam < exams; exam++) {
    if (ofWoman > 0 && exam % examsOfWoman === 0) woman = Math.sqrt(ofWoman) * normal(random);
    const common = woman + Math.sqrt(ofExam) * normal(random);
    for (let breast = 0; breast < 2; breast++) {
      const label = random.uniform() < prevalence ? 1 : 0;
      const mean = common + Math.sqrt(ofBreast) * normal(random) + separation * label;
      for (let view = 0; view < views; view++) {
        const at = (exam * 2 + breast) * views + view;
        sample.scores[at] = mean + rest * normal(random);
        sample.labels[at] = label;
        sample.clusters[at] = Math.floor(exam / examsOfWoman);
      }
    }
  }
  if (scenario.grades) sample.scores = sample.scores.map(gradeOf);
  return scenario.examLevel ? byExam(sample) : sample;
}

/** One of five, of which each is given to some of both classes. */
function gradeOf(score: number): number {
  return [-0.5, 0.5, 1.2, 2].filter((cut) => score >= cut).length + 1;
}

function byExam({ scores, labels }: ScenarioSample): ScenarioSample {
  const exams = Int32Array.from({ length: scores.length / 2 }, (_, exam) => exam);
  return {
    scores: Float64Array.from(exams, (exam) => Math.max(scores[2 * exam]!, scores[2 * exam + 1]!)),
    labels: Uint8Array.from(exams, (exam) => labels[2 * exam]! | labels[2 * exam + 1]!),
    clusters: exams,
  };
}

/** Exams of which a fixed number has cancer, in one breast. */
export interface ExamDesign extends Pick<Scenario, "ofExam" | "separation"> {
  readonly cancers: number;
  readonly without: number;
}

/**
 * @param design how many exams of which kind
 * @param seed of the draw
 * @returns one sample of breasts, exams with cancer first
 */
export function drawExams(
  { cancers, without, ofExam, separation }: ExamDesign,
  seed: number,
): ScenarioSample {
  const random = stream(seed, 0);
  const clusters = Int32Array.from({ length: 2 * (cancers + without) }, (_, at) => at >> 1);
  const labels = Uint8Array.from(clusters, (exam, at) => exam < cancers && at % 2 === 0 ? 1 : 0);
  const common = Float64Array.from({ length: cancers + without }, () => normal(random));
  const scores = Float64Array.from(
    clusters,
    (exam, at) =>
      Math.sqrt(ofExam) * common[exam]! + Math.sqrt(1 - ofExam) * normal(random) +
      separation * labels[at]!,
  );
  return { scores, labels, clusters };
}

function normal(random: Random): number {
  return normalQuantile((random.uint32() + 0.5) / 2 ** 32);
}

/**
 * What intervals should cover. The AUROC of two normal distributions is Φ(separation / √2), the
 * sensitivity at a threshold Φ(separation − threshold); where the world is another one both are those of
 * 200,000 exams.
 *
 * @param scenario the world
 */
export function truthOf(scenario: Scenario): { auroc: number; sensitivity: number } {
  const { separation } = scenario;
  if (scenario.grades || scenario.examLevel) {
    const { scores, labels } = drawScenario({ ...scenario, exams: 200_000 }, 2 ** 40);
    const found = scores.filter((_, at) => labels[at] === 1);
    return {
      auroc: auroc(scores, labels).value!,
      sensitivity: found.filter((score) => score >= THRESHOLD).length / found.length,
    };
  }
  return {
    auroc: normalCdf(separation / Math.SQRT2),
    sensitivity: normalCdf(separation - THRESHOLD),
  };
}
