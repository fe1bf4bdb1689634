import type { JSX } from "hono/jsx/jsx-runtime";
import { mainLevelOf } from "../../../../shared/contracts/scores.ts";
import type { GroupLevel, ScoreReport, Subgroups } from "../../../../shared/contracts/scores.ts";
import { type ClusterName, clusterName } from "../names.ts";
import type { ForestRow } from "../forest_chart.ts";
import { DEFAULT_CONFIDENCE } from "../level_charts.ts";
import {
  type Column,
  column,
  confidenceText,
  countText,
  intervalText,
  metricText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { SUBGROUP_CLASS_SAMPLES_MIN } from "../../../../shared/limits.ts";
import { ForestPlots } from "./chart_figure.tsx";

type Group = Subgroups["groups"][number];

/** A forest plot and a table for every key; by breast, or by exam if breasts are unknown. */
export function SubgroupsSection({ report }: { readonly report: ScoreReport }): JSX.Element | null {
  if (report.subgroups.length === 0) return null;
  return (
    <Section id="subgroups" title="Subgroups">
      <p>
        By{" "}
        {mainLevelOf(report.levels)}. Groups are looked at one by one: that one does better than
        another here may be chance, all the more the more groups there are. Numbers of groups with
        fewer than {SUBGROUP_CLASS_SAMPLES_MIN}{" "}
        malignant or healthy samples are in brackets: one cancer more or less would change them
        much.
      </p>
      {report.subgroups.map((subgroups) => <Key subgroups={subgroups} report={report} />)}
    </Section>
  );
}

function Key({ subgroups, report }: {
  readonly subgroups: Subgroups;
  readonly report: ScoreReport;
}): JSX.Element {
  const { key, groups, negatives } = subgroups;
  const level = mainLevelOf(report.levels);
  const whole = report.levels[level]!;
  const unit = clusterName(whole);
  const confidence = confidenceText(whole.bootstrap?.confidence ?? DEFAULT_CONFIDENCE);
  const rows: ForestRow[] = groups.map((group) => {
    const { auroc, too_small } = group.levels[level]!;
    const note = too_small === null ? null : "too few to tell";
    return { label: groupName(group), value: auroc.value, ci: auroc.ci_by_exam, note };
  });
  const compared = negatives === "all"
    ? "Each group’s positives are compared with the negatives of all groups."
    : "Each group’s positives are compared with its own negatives.";
  return (
    <>
      <h3>By {key}</h3>
      <ForestPlots
        name={`AUROC by ${key}`}
        caption={compared}
        metric={`AUROC with its ${confidence} interval by ${unit}`}
        overall={whole.auroc.value}
        rows={rows}
      />
      <GroupTable name={key} groups={groups} level={level} unit={unit} />
    </>
  );
}

type MainLevel = ReturnType<typeof mainLevelOf>;

function columnsOf(level: MainLevel, unit: ClusterName): Column<Group>[] {
  const of = ({ levels }: Group): GroupLevel => levels[level]!;
  return [
    column("number", "Exams", ({ exams }) => countText(exams)),
    ...level === "exam" ? [] : [
      column("number", "Breasts", (group: Group) => countText(of(group).count)),
    ],
    column("number", "Positives", (group) => countText(of(group).positives)),
    ...(["auroc", "auprc"] as const).flatMap((metric): Column<Group>[] => [
      column("number", metric.toUpperCase(), (group) => {
        const text = metricText(of(group)[metric].value);
        return of(group).too_small === null ? text : <small>({text})</small>;
      }),
      column(
        "number",
        `Interval by ${unit}`,
        (group) =>
          of(group).too_small === null ? intervalText(of(group)[metric].ci_by_exam) : "too few",
      ),
    ]),
  ];
}

function GroupTable({ name, groups, level, unit }: {
  readonly name: string;
  readonly groups: readonly Group[];
  readonly level: MainLevel;
  readonly unit: ClusterName;
}): JSX.Element | null {
  const head: Column<Group> = column(
    "head",
    name,
    (group) => <GroupHead group={group} of={group.levels[level]!} />,
  );
  return (
    <Table label={`Groups by ${name}`} columns={[head, ...columnsOf(level, unit)]} rows={groups} />
  );
}

function GroupHead({ group, of }: { readonly group: Group; readonly of: GroupLevel }): JSX.Element {
  const { too_small, auroc } = of;
  const note = too_small ?? auroc.undefined;
  return (
    <>
      {groupName(group)}
      {note !== null && <small class="note">{note}</small>}
    </>
  );
}

function groupName({ group }: Group): string {
  return group ?? "without a value";
}
