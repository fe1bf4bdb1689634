import type { JSX } from "hono/jsx/jsx-runtime";
import type { Discordant, DiscordantSample } from "../../../../shared/contracts/comparisons.ts";
import { operatingPointName } from "../names.ts";
import {
  type Column,
  column,
  counted,
  examColumns,
  scoreText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";

export interface DiscordantPair {
  readonly names: readonly [first: string, second: string];
  readonly discordant: Discordant;
}

/** The exams on which scores decide differently, for readers who may see the truth. */
export function DiscordantSection({ pairs, dataset, noun }: {
  readonly pairs: readonly DiscordantPair[];
  /** Dataset whose exams can be viewed; null if none. */
  readonly dataset: string | null;
  readonly noun: string;
}): JSX.Element | null {
  if (pairs.length === 0) return null;
  return (
    <Section id="discordant" title="Where they decide differently">
      {pairs.map((pair) => <Pair {...pair} dataset={dataset} noun={noun} />)}
    </Section>
  );
}

function Pair({ names, discordant, dataset, noun }: DiscordantPair & {
  readonly dataset: string | null;
  readonly noun: string;
}): JSX.Element {
  const { point, positives, negatives, samples } = discordant;
  const only = ([first, second]: readonly [number, number]): string =>
    `${counted(first, noun)} only by ${names[0]}, ${counted(second, noun)} only by ${names[1]}`;
  const columns: Column<DiscordantSample>[] = [
    ...examColumns(dataset, samples),
    column("text", "Recalled by", ({ recalledBy }) => names[recalledBy]),
    ...names.map((name, at) =>
      column("number", `Score of ${name}`, ({ scores }: DiscordantSample) => scoreText(scores[at]!))
    ),
  ];
  const table = (caption: string, malignant: boolean): JSX.Element => (
    <Table
      label={`${caption}: ${names.join(" and ")}`}
      caption={caption}
      columns={columns}
      rows={samples.filter((sample) => sample.malignant === malignant)}
      long
    />
  );
  return (
    <>
      <h3>{names.join(" and ")}</h3>
      <p>
        {point === null
          ? `Each recalls as many ${noun}s as are malignant, those with its highest scores.`
          : `Each at its threshold of ${operatingPointName(point)}.`} Malignant and recalled:{" "}
        {only(positives)}. Not malignant and recalled: {only(negatives)}.
      </p>
      {table(`Malignant ${noun}s that one of them misses`, true)}
      {table(`Other ${noun}s that one of them recalls`, false)}
    </>
  );
}
