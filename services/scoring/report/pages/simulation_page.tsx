import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  LostCancer,
  ScreeningPathway,
  ScreeningSimulation,
  ScreeningSweep,
} from "../../../../shared/contracts/screening.ts";
import {
  coefficientInterval,
  type Column,
  column,
  confidenceText,
  counted,
  countText,
  ExamLink,
  type Limits,
  percentDigits,
  probabilityText,
  RelatedLinks,
  scoreText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { renderSvg } from "../render_svg.ts";
import { screeningChart } from "../screening_chart.ts";
import { Chart, FOREST_WIDTH } from "./chart_figure.tsx";
import { decisionLinks } from "./decision_links.ts";
import { PleaseNote } from "./please_note.tsx";
import { type QueryField, QueryForm } from "./query_form.tsx";
import { writeReport } from "./report_look.ts";
import { ThresholdSlider } from "./threshold_slider.tsx";

export interface SimulationPageData {
  readonly simulation: ScreeningSimulation;
  /** Sweeps over thresholds, one per kind of pathway in the simulation. */
  readonly curves: readonly ScreeningSweep[];
  /** Cancers that each pathway loses. */
  readonly lost: readonly (readonly LostCancer[])[];
  /** Dataset of the exams; null if it is not registered. */
  readonly dataset: string | null;
  readonly query: Readonly<Record<string, string>>;
}

/** Name and description of each kind of pathway. */
const KINDS: Readonly<Record<string, readonly [name: string, what: string]>> = {
  replace_second_reader: [
    "Replace the second reader",
    "The model is the second reader. Where it differs from the first, a third read decides.",
  ],
  replace_first_reader: [
    "Replace the first reader",
    "The model is the first reader. Where it differs from the second, a third read decides.",
  ],
  triage: [
    "Triage to one reader",
    "Below the threshold one reader reads alone; the other exams are read as today.",
  ],
  rule_out: [
    "Rule out unread",
    "Below the threshold nobody reads and nobody is recalled; the other exams are read as today.",
  ],
  rule_in: [
    "Rule in",
    "At or above the threshold the woman is recalled, whatever readers say; the other exams are read as today.",
  ],
  band_pass: [
    "Rule out and rule in",
    "Below the lower threshold nobody is recalled, at or above the higher one everybody, both unread; between, exams are " +
    "read as today.",
  ],
  third_reader: [
    "Third reader",
    "Two readers read as today. Where they differ, the model decides.",
  ],
};

/** Writes the page of a simulation, for a programme's lead. */
export function writeSimulationPage(data: SimulationPageData): string {
  const { simulation, curves } = data;
  const { baseline, pathways } = simulation;
  return writeReport(
    "Screening simulation · mammoeval",
    true,
    <article>
      <h1>What the programme would do with {simulation.model ?? "this model"}</h1>
      <RelatedLinks links={decisionLinks(simulation.score, "/screening-simulations")} />
      <p class="lead">{leadOf(simulation)}</p>
      <Section id="overview" title="Today and each pathway, per 1,000 women">
        <Table
          label="Pathways per 1,000 women"
          columns={OVERVIEW}
          rows={[
            { name: "Today", ...perThousandOf(baseline) },
            ...pathways.map((pathway) => ({ name: titleOf(pathway), ...perThousandOf(pathway) })),
          ]}
        />
        <Chart
          svg={renderSvg(screeningChart(curves, pathways, nameOf, FOREST_WIDTH))}
          wide="Reads saved and cancers missed"
          caption={"Each line is a pathway over all thresholds; the marks are the thresholds of this " +
            "page. Left is no read saved, down is no cancer missed: " +
            `today misses ${countText(baseline.cancers_missed)} of ${countText(baseline.cancers)}.`}
        />
      </Section>
      <Slider {...data} />
      {pathways[0] !== undefined && <Flow pathway={pathways[0]} />}
      <Section id="pathways" title="Each pathway beside today">
        <p class="note">
          Differences are the pathway less today on the same women, with{" "}
          {confidenceText(simulation.confidence)} intervals{" "}
          {simulation.women === null ? "by exam" : "by woman"}.
          {simulation.weighted && " Shares are weighted to the programme; counts are of the exams."}
        </p>
        <div class="halves">
          {pathways.map((pathway) => <PathwayTable pathway={pathway} simulation={simulation} />)}
        </div>
      </Section>
      <LostSection {...data} />
      <PleaseNote messages={simulation.caveats} />
      <QueryForm
        action="/screening-simulations"
        title="Simulate other thresholds"
        hidden={{ score: simulation.score }}
        query={data.query}
        fields={FIELDS}
      />
    </article>,
  );
}

const FIELDS: readonly QueryField[] = [
  { name: "threshold", label: "Threshold of replacing a reader and of the third reader" },
  { name: "low", label: "Lower threshold", hint: "of triage, rule-out and the band" },
  { name: "high", label: "Higher threshold", hint: "of rule-in and the band" },
  {
    name: "arbitration",
    label: "Where a third read is needed and was not recorded",
    choices: [
      ["recorded_consensus", "the recorded consensus decides"],
      ["recall_if_either", "recall if either says so"],
      ["recall_only_if_both", "recall only if both say so"],
      ["leave_out", "leave the exam out"],
    ],
  },
  {
    name: "within_days",
    label: "Cancer means a cancer within days",
    hint: "empty for the labels of the list",
  },
  { name: "margin", label: "Margin of the sensitivity", hint: "fixed before the data are seen" },
  { name: "volume", label: "Women screened in a year" },
  { name: "cost_per_read", label: "Cost of one read" },
];

function leadOf({ baseline, women, truth }: ScreeningSimulation): string {
  const whose = women === null ? "" : ` of ${counted(women, "woman", "women")}`;
  const rule = truth === null
    ? ""
    : ` Cancer means a cancer within ${countText(truth.within_days)} days; ${
      counted(truth.left_out, "exam")
    } not followed for so long ${truth.left_out === 1 ? "is" : "are"} left out.`;
  return `${counted(baseline.exams, "exam")}${whose}, ${
    countText(baseline.cancers)
  } with cancer. ` +
    `Today ${countText(baseline.reads)} reads recall ${countText(baseline.recalls)} and find ` +
    `${countText(baseline.true_positives)} of the cancers.${rule}`;
}

function nameOf(kind: string): string {
  return KINDS[kind]?.[0] ?? kind;
}

function titleOf({ kind, threshold, low, high }: ScreeningPathway): string {
  const at = [threshold, low, high].filter((one) => one !== null).map(scoreText);
  return at.length === 0 ? nameOf(kind) : `${nameOf(kind)}, ${at.join(" and ")}`;
}

interface PerThousand {
  readonly name: string;
  readonly reads: string;
  readonly recalls: string;
  readonly found: string;
  readonly missed: string;
}

function perThousandOf(
  { exams, reads, recalls, true_positives, cancers_missed }: Pick<
    ScreeningPathway,
    "exams" | "reads" | "recalls" | "true_positives" | "cancers_missed"
  >,
): Omit<PerThousand, "name"> {
  const per = (count: number): string => exams === 0 ? "—" : (1000 * count / exams).toFixed(1);
  return {
    reads: exams === 0 ? "—" : countText(Math.round(1000 * reads / exams)),
    recalls: per(recalls),
    found: per(true_positives),
    missed: per(cancers_missed),
  };
}

const OVERVIEW: readonly Column<PerThousand>[] = [
  column("head", "Pathway", ({ name }) => name),
  column("number", "Reads", ({ reads }) => reads),
  column("number", "Women recalled", ({ recalls }) => recalls),
  column("number", "Cancers found", ({ found }) => found),
  column("number", "Cancers missed", ({ missed }) => missed),
];

/** A form to try a threshold of one pathway. */
function Slider({ curves, query, simulation }: SimulationPageData): JSX.Element | null {
  const kind = query["kind"] ?? curves[0]?.kind;
  const curve = curves.find((one) => one.kind === kind) ?? curves[0];
  if (curve === undefined) return null;
  const { at, kind: _, ...others } = query;
  return (
    <ThresholdSlider
      action="/screening-simulations"
      hidden={{ ...others, score: simulation.score }}
      asked={at}
      summary={`All thresholds of ${nameOf(curve.kind)}`}
      columns={[{ ...OVERVIEW[0]!, title: "Threshold" }, ...OVERVIEW.slice(1)]}
      rows={curve.points.map((point) => ({
        name: scoreText(point.threshold),
        ...perThousandOf(point),
      }))}
      sentence={([name, reads, recalls, found, missed]) => (
        <>
          At {name}, per 1,000 women: {reads} reads, {recalls} recalled, {found} cancers found and
          {" "}
          {missed} missed.
        </>
      )}
    >
      <label for="kind">Pathway</label>
      <select id="kind" name="kind">
        {curves.map((one) => (
          <option value={one.kind} selected={one.kind === curve.kind}>{nameOf(one.kind)}</option>
        ))}
      </select>
    </ThresholdSlider>
  );
}

/** What becomes of 1,000 women. */
function Flow({ pathway }: { readonly pathway: ScreeningPathway }): JSX.Element {
  const { exams, bands, recalls, true_positives, cancers_missed, reads } = pathway;
  const of = (count: number): string => exams === 0 ? "0" : (1000 * count / exams).toFixed(1);
  const held = bands.filter((band) => band.exams > 0);
  const steps: readonly (readonly (readonly [string, string])[])[] = [
    [["1,000 women", `${countText(Math.round(1000 * reads / Math.max(1, exams)))} reads`]],
    held.map((band): readonly [string, string] => [
      `${of(band.exams)} ${BAND_TEXTS[band.band]}`,
      `${of(band.cancers)} with cancer`,
    ]),
    [[`${of(recalls)} recalled`, `${of(recalls - true_positives)} without cancer`], [
      `${of(exams - recalls)} not recalled`,
      "until the next round",
    ]],
    [[`${of(true_positives)} cancers found`, "if the recall finds them"], [
      `${of(cancers_missed)} cancers missed`,
      "or found later",
    ]],
  ];
  return (
    <Section id="flow" title={`1,000 women: ${titleOf(pathway).toLowerCase()}`}>
      <p>{KINDS[pathway.kind]?.[1]}</p>
      <Chart
        svg={flowSvg(steps)}
        wide="Flow of 1,000 women"
        caption="From left to right: who is screened, where their scores lie, who is recalled, which cancers are found."
      />
    </Section>
  );
}

const BAND_TEXTS = { below: "score below", between: "between", above: "score above" } as const;

const [BOX, GAP, HEIGHT, ROW] = [160, 24, 56, 76];

function flowSvg(steps: readonly (readonly (readonly [string, string])[])[]): string {
  const rows = Math.max(...steps.map(({ length }) => length));
  const [width, height] = [steps.length * (BOX + GAP) - GAP, rows * ROW];
  const topOf = (step: number, at: number): number =>
    (height - steps[step]!.length * ROW) / 2 + at * ROW + (ROW - HEIGHT) / 2;
  const parts = steps.flatMap((boxes, step) =>
    boxes.flatMap(([first, second], at) => {
      const [x, y] = [step * (BOX + GAP), topOf(step, at)];
      const isLast = step === steps.length - 1;
      const lines = isLast ? [] : steps[step + 1]!.flatMap((_, next) =>
        // Recalled women lead to cancers found, others to cancers missed.
        step === 2 && next !== at ? [] : [
          `<line x1="${x + BOX}" y1="${y + HEIGHT / 2}" x2="${x + BOX + GAP}" y2="${
            topOf(step + 1, next) + HEIGHT / 2
          }" stroke="#444444" stroke-width="1.5"/>`,
        ]
      );
      const text = (words: string, down: number, weight: string): string =>
        `<text x="${x + BOX / 2}" y="${y + down}" text-anchor="middle" font-size="13" ` +
        `font-weight="${weight}" fill="currentColor">${words}</text>`;
      return [
        `<rect x="${x + 1}" y="${y}" width="${BOX - 2}" height="${HEIGHT}" rx="6" fill="none" ` +
        'stroke="currentColor" stroke-width="1.5"/>',
        text(first, 24, "600"),
        text(second, 43, "400"),
        ...lines.map((line) => line.replace('"#444444"', '"currentColor"')),
      ];
    })
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="Flow of 1,000 women" font-family="sans-serif">${parts.join("")}</svg>`;
}

const MEASURES: readonly (readonly [
  key:
    | "recall_rate"
    | "detection_per_1000"
    | "sensitivity"
    | "sensitivity_screen"
    | "specificity"
    | "ppv1",
  name: string,
])[] = [
  ["recall_rate", "Recall rate, %"],
  ["detection_per_1000", "Found per 1,000"],
  ["sensitivity", "Sensitivity, %"],
  ["sensitivity_screen", "Without interval cancers, %"],
  ["specificity", "Specificity, %"],
  ["ppv1", "PPV1, %"],
];

interface PathwayRow {
  readonly name: string;
  readonly today: string;
  readonly now: string;
  readonly difference: string;
  readonly detail: string;
}

const PATHWAY_COLUMNS: readonly Column<PathwayRow>[] = [
  column("head", "Measure", ({ name }) => name),
  column("number", "Today", ({ today }) => today),
  column("number", "Pathway", ({ now }) => now),
  column("text", "Difference", ({ difference, detail }) => (
    <>
      {difference}
      <small>{detail}</small>
    </>
  )),
];

function PathwayTable({ pathway, simulation }: {
  readonly pathway: ScreeningPathway;
  readonly simulation: ScreeningSimulation;
}): JSX.Element {
  const { baseline } = simulation;
  const { workload_saved: saved } = pathway;
  const rows: PathwayRow[] = [
    {
      name: "Reads",
      today: countText(baseline.reads),
      now: countText(pathway.reads),
      difference: saved.value === null ? "—" : `${percentDigits(saved.value)} % saved`,
      detail: coefficientInterval(saved.ci, (limit) => signed(limit, 100)),
    },
    ...MEASURES.map(([key, name]): PathwayRow => {
      const per = key === "detection_per_1000" ? 1 : 100;
      const { value, difference } = pathway[key];
      return {
        name,
        today: decimal(baseline[key].value, per),
        now: decimal(value, per),
        difference: difference.value === null ? "—" : signed(difference.value, per),
        detail: differenceText(difference.ci, difference.p, per),
      };
    }),
  ];
  return (
    <div>
      <h3>{titleOf(pathway)}</h3>
      <p class="note">{KINDS[pathway.kind]?.[1]}</p>
      <Table label={titleOf(pathway)} columns={PATHWAY_COLUMNS} rows={rows} />
      <p class="note">{noteOf(pathway)}</p>
    </div>
  );
}

/** The cancers that pathways lose, to look at. */
function LostSection(
  { simulation: { pathways }, lost, dataset }: SimulationPageData,
): JSX.Element | null {
  if (lost.every(({ length }) => length === 0)) return null;
  return (
    <Section id="lost" title="Cancers found today that a pathway would miss">
      {pathways.map((pathway, at) => {
        const rows = lost[at]!;
        const list = rows.map(({ exam }) => exam);
        const total = countText(pathway.found_today_now_missed);
        return (
          <Table
            label={`Lost by ${titleOf(pathway)}`}
            caption={`${titleOf(pathway)}: ${rows.length} of ${total}, lowest scores first`}
            columns={[
              column<LostCancer>("head", "Exam", ({ exam, laterality }) =>
                dataset === null
                  ? exam
                  : <ExamLink dataset={dataset} exam={exam} side={laterality} list={list} />),
              column<LostCancer>("number", "Score", ({ score }) => scoreText(score)),
            ]}
            rows={rows}
            long
          />
        );
      })}
    </Section>
  );
}

function noteOf(pathway: ScreeningPathway): string {
  const { arbitrations, arbitrations_without_record: lacking, verdict, cost } = pathway;
  const third = arbitrations === 0
    ? ""
    : ` ${counted(arbitrations, "third read")}${
      lacking === 0
        ? ""
        : `, of which ${countText(lacking)} were not recorded (${
          pathway.arbitration.replaceAll("_", " ")
        })`
    }.`;
  const judged = verdict === null
    ? ""
    : ` The ${nameOfMeasure(verdict.measure)} is ${
      verdict.holds === null ? "undefined" : verdict.holds ? "shown" : "not shown"
    } to be less than ${verdict.margin} worse than today.`;
  const money = cost === null
    ? ""
    : ` With ${countText(cost.volume)} women a year: ${
      countText(Math.round(cost.reads_saved))
    } reads saved${cost.saved === 0 ? "" : `, worth ${countText(Math.round(cost.saved))}`}.`;
  return `${counted(pathway.found_today_now_missed, "cancer")} found today would be missed, ` +
    `${counted(pathway.missed_today_now_found, "cancer")} missed today would be found ` +
    `(${countText(pathway.interval_cancers_found)} between rounds).${third}${judged}${money}`;
}

/** `detection_per_1000` as `detection per 1000`. */
function nameOfMeasure(measure: string): string {
  return measure === "ppv1" ? "PPV1" : measure.replaceAll("_", " ");
}

function decimal(value: number | null, per: number): string {
  return value === null ? "—" : (value * per).toFixed(per === 1 ? 2 : 1);
}

function signed(value: number, per: number): string {
  const digits = Math.abs(value * per).toFixed(per === 1 ? 2 : 1);
  return Number(digits) === 0 ? digits : `${value < 0 ? "−" : "+"}${digits}`;
}

function differenceText(ci: Limits, p: number | null, per: number): string {
  if (ci === null) return "";
  return `${coefficientInterval(ci, (limit) => signed(limit, per))}, p ${
    p === null ? "—" : probabilityText(p)
  }`;
}
