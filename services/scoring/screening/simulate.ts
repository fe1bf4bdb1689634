import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type {
  LostCancer,
  ScreeningPathway,
  ScreeningSimulation,
  ScreeningSweep,
  SimulationRequest,
} from "../../../shared/contracts/screening.ts";
import type { SubgroupKey } from "../../../shared/contracts/subgroups.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import {
  aggregateToExams,
  type Exam,
  examLabels,
  type Fault,
  faultOf,
} from "../../../shared/domain/mod.ts";
import { attributesOfList, defaultKeys, groupExams } from "../../../shared/subgroups/mod.ts";
import { bootstrapOptions } from "../measures/measure_options.ts";
import { loadExams, loadSamples, type SampleSource } from "../samples/load_samples.ts";
import {
  type Group,
  ruleOf,
  simulatePathway,
  sweepOf,
  type SweepRequest,
  today,
  tunedExamsOf,
} from "./pathway_report.ts";
import { atField, faultOfField } from "./field_error.ts";
import { type PathwayRule, readsNeeded } from "./pathways.ts";
import { callOf, type Programme, readProgramme } from "./programme.ts";
import type { TunedExams } from "./tuned_thresholds.ts";

export interface SimulateRequest {
  readonly report: ScoreReport;
  /** Reports of the scores that thresholds are tuned on, matched by ID. */
  readonly tuning: readonly ScoreReport[];
  readonly request: SimulationRequest;
  /** For a page: quantiles to sweep at, without pathways whose reads are missing; null for neither. */
  readonly curves: number | null;
}

export type SimulateOutcome =
  | {
    readonly ok: true;
    readonly simulation: ScreeningSimulation;
    readonly curves: readonly ScreeningSweep[];
    readonly lost: readonly (readonly LostCancer[])[];
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

export async function simulateScreening(
  { report, tuning, request: asked, curves }: SimulateRequest,
  store: SampleSource,
): Promise<SimulateOutcome> {
  const exams = await loadExams(report, store);
  const request = curves === null || exams === null
    ? asked
    : { ...asked, ...possible(asked, exams) };
  const rules = request.pathways.map((pathway) => ruleOf(pathway, request.arbitration));
  const read = await loadProgramme(report, exams, request, rules, store);
  if (!read.ok) return read;
  const { programme } = read;
  const others = new Map<string, TunedExams>();
  for (const one of tuning) {
    const listed = await loadExams(one, store);
    const other = await loadProgramme(one, listed, request, rules, store);
    if (!other.ok) return other;
    others.set(one.id, tunedExamsOf(other.programme));
  }
  const divided = divide(programme, request.subgroups);
  if (!divided.ok) return divided;
  const { confidence = 0.95, replicates = 0, seed = 1 } = bootstrapOptions(request.bootstrap) ?? {};
  const options = { confidence, replicates, seed };
  try {
    const simulated = request.pathways.map((pathway, at) =>
      atField(
        `pathways.${at}`,
        () =>
          simulatePathway(pathway, rules[at]!, {
            ...{ programme, others, divided, options, request },
            place: `pathways.${at}`,
          }),
      )
    );
    const pathways = simulated.map(({ pathway }) => pathway);
    return {
      ok: true,
      simulation: {
        score: report.id,
        model: report.model,
        experiment: report.experiment,
        truth: programme.truth,
        women: programme.unit === "woman" ? new Set(programme.women).size : null,
        weighted: programme.weights !== null,
        confidence: options.confidence,
        baseline: today(programme, options.confidence),
        pathways,
        sweep: request.sweep && sweepOf(programme, request.sweep),
        caveats: [...CAVEATS, ...singleStrata(programme)],
      },
      curves: curves === null ? [] : curvesOf(programme, pathways, curves),
      lost: simulated.map(({ lost }) => lost),
    };
  } catch (error) {
    return { ok: false, errors: [faultOfField("threshold_invalid", error)] };
  }
}

async function loadProgramme(
  report: ScoreReport,
  exams: readonly Exam[] | null,
  request: SimulationRequest,
  rules: readonly PathwayRule[],
  store: SampleSource,
): Promise<ReturnType<typeof readProgramme>> {
  const failed = (code: string, message: string): ReturnType<typeof readProgramme> => ({
    ok: false,
    errors: [faultOf({ code, message })],
  });
  if (exams === null) {
    return failed(
      "dataset_changed",
      `The exams of score ${report.id} are not what they were: score the predictions again`,
    );
  }
  const level = Object.hasOwn(report.levels, "exam") ? "exam" : "breast";
  const loaded = await loadSamples(report, level as "breast", store);
  if (!loaded.ok) return failed("samples_missing", loaded.reason);
  const samples = aggregateToExams(loaded.samples, examLabels(exams));
  const truth = request.truth ?? truthRuleOf(report);
  return readProgramme(samples, exams, truth, rules, request.weighted);
}

function divide({ exams }: Programme, asked: SimulationRequest["subgroups"]):
  | { readonly ok: true; readonly groups: readonly Group[] }
  | { readonly ok: false; readonly errors: readonly Fault[] } {
  if (asked === false) return { ok: true, groups: [] };
  const attributes = attributesOfList(exams);
  const keys: readonly SubgroupKey[] = asked === true ? defaultKeys(exams, attributes) : asked;
  const { groupings, errors } = groupExams(exams, keys, [attributes]);
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    groups: groupings.flatMap(({ key, groups }) =>
      groups.map(({ group, exams: members }) => ({
        key,
        group,
        members: Uint8Array.from(exams, ({ index }) => members.has(index) ? 1 : 0),
      }))
    ),
  };
}

/** Sweeps every kind of pathway with one threshold. */
function curvesOf(
  programme: Programme,
  pathways: readonly ScreeningPathway[],
  thresholds: number,
): ScreeningSweep[] {
  const kinds = new Set(pathways.map(({ kind }) => kind).filter((kind) => kind !== "band_pass"));
  return [...kinds].map((kind) =>
    sweepOf(programme, { kind: kind as SweepRequest["kind"], thresholds })
  );
}

/** Keeps pathways whose reads every exam has; all pathways if none qualifies. */
function possible(
  { pathways, arbitration }: SimulationRequest,
  exams: readonly Exam[],
): Pick<SimulationRequest, "pathways"> {
  const has = [1, 2].filter((order) => exams.every((exam) => callOf(exam, order) !== null));
  const kept = pathways.filter((pathway) =>
    readsNeeded(ruleOf(pathway, arbitration)).every((order) => has.includes(order))
  );
  return kept.length === 0 ? { pathways } : { pathways: kept };
}

/** A warning about strata with one woman alone, if there are. */
function singleStrata({ strata, women }: Programme): string[] {
  if (strata === null) return [];
  const byStratum = Map.groupBy(strata.keys(), (at) => strata[at]!);
  const single = [...byStratum.values()].filter((exams) =>
    new Set(exams.map((at) => women[at]!)).size === 1
  );
  return single.length === 0 ? [] : [
    `Strata with one woman alone: ${single.length}. They add nothing to the intervals, which are too narrow; join ` +
    "strata before you weight.",
  ];
}

/** Limits of a retrospective simulation, for the response and the page. */
export const CAVEATS: readonly string[] = [
  "Readers read these exams without the model. With it they may recall more or fewer women: nothing here knows how their " +
  "behaviour changes.",
  "A cancer that came between two rounds counts as found where a pathway recalls the woman. Whether the assessment would " +
  "have found it is assumed.",
  "Each exam was read once, in one round. Effects on later rounds, and on readers who see fewer or other exams, are not " +
  "simulated.",
  "Where reader and model differ and no third read was recorded, the rule that was asked for decides; the number of such " +
  "exams is given.",
];
