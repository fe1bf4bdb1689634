import assert from "node:assert/strict";
import { near } from "../../../tests/support/golden_data.ts";
import {
  createWorld,
  type Json,
  postForm,
  sendJson,
} from "../../../tests/support/scoring/world.ts";
import { type Random, stream } from "../statistics/mod.ts";

/** An exam of a programme. */
interface Drawn {
  readonly id: string;
  readonly woman: string;
  readonly site: string;
  readonly weight: number;
  readonly stratum: string;
  readonly score: number;
  readonly cancer: 0 | 1;
  readonly interval: boolean;
  /** By order; null where nobody read. */
  readonly reads: readonly (0 | 1 | null)[];
  readonly consensus: 0 | 1 | null;
}

/** Draws exams with tied scores, missing third reads, consensus against both readers, and strata of one woman. */
function draw(random: Random, exams: number): Drawn[] {
  const chance = (share: number): 0 | 1 => random.uniform() < share ? 1 : 0;
  return Array.from({ length: exams }, (_, at) => {
    const cancer = chance(0.3);
    const [first, second] = [chance(0.3 + 0.3 * cancer), chance(0.3 + 0.3 * cancer)];
    const third = chance(0.5) === 1 ? chance(0.5) : null;
    const agreed = first === second ? first : third;
    const consensus = agreed === null || chance(0.8) === 1 ? chance(0.5) : null;
    return {
      ...{ id: `e${at}`, woman: `w${random.integer(exams)}`, site: `s${random.integer(3)}` },
      ...{
        weight: 1 + random.integer(4) / 2,
        stratum: at === 0 ? "lonely" : `t${random.integer(2)}`,
      },
      ...{ score: random.integer(11) / 10, cancer, interval: cancer === 1 && chance(0.4) === 1 },
      ...{ reads: [first, second, third], consensus },
    };
  });
}

function listOf(drawn: readonly Drawn[], weighted: boolean): string {
  const head =
    "exam_id,patient_id,site,weight,stratum,left_malignant,right_malignant,detection_left," +
    "order_1,recall_1,order_2,recall_2,recall_3,consensus_recall";
  const rows = drawn.map((one) => {
    const found = one.cancer === 0 ? "" : one.interval ? "interval" : "screen";
    const [first, second, third] = one.reads;
    // Readers swapped: the columns' order is not that of the reads.
    return [
      ...[one.id, one.woman, one.site, weighted ? one.weight : "", weighted ? one.stratum : ""],
      ...[one.cancer, 0, found, 2, second, 1, first, third ?? "", one.consensus ?? ""],
    ].join();
  });
  return [head, ...rows].join("\n") + "\n";
}

/** What becomes of an exam, beside today. */
interface Decided extends Omit<Drawn, "reads" | "consensus"> {
  readonly recall: 0 | 1;
  readonly reads: number;
  readonly arbitrations: number;
  readonly lacking: number;
  readonly included: boolean;
  readonly consensus: 0 | 1;
  readonly todayReads: number;
}

/** What one exam becomes, from the words of the rules alone. */
function naive(one: Drawn, pathway: Json, arbitration: string): Decided {
  const [first, second, third] = one.reads as [0 | 1, 0 | 1, 0 | 1 | null];
  const consensus = one.consensus ?? (first === second ? first : third!);
  const todayReads = third === null ? 2 : 3;
  const called = one.score >= (pathway.threshold ?? NaN) ? 1 : 0;
  let recall: 0 | 1 = consensus;
  let reads = todayReads;
  let [arbitrations, lacking, included] = [third === null ? 0 : 1, 0, true];
  const { kind } = pathway;
  if (kind.startsWith("replace")) {
    const reader = kind === "replace_second_reader" ? first : second;
    [recall, reads, arbitrations] = [reader, 1, 0];
    if (reader !== called) {
      [reads, arbitrations] = [2, 1];
      if (third !== null) recall = third;
      else {
        lacking = 1;
        recall = arbitration === "recall_if_either"
          ? 1
          : arbitration === "recorded_consensus"
          ? consensus
          : 0;
        if (arbitration === "leave_out") included = false;
      }
    }
  } else if (kind === "triage" && called === 0) {
    [recall, reads, arbitrations] = [pathway.single_reader === 2 ? second : first, 1, 0];
  } else if (kind === "rule_out" && called === 0) {
    [recall, reads, arbitrations] = [0, 0, 0];
  } else if (kind === "rule_in" && called === 1) {
    recall = 1;
    if (pathway.ruled_in_read === false) [reads, arbitrations] = [0, 0];
  } else if (kind === "band_pass" && (one.score < pathway.low || one.score >= pathway.high)) {
    [recall, reads, arbitrations] = [one.score >= pathway.high ? 1 : 0, 0, 0];
  } else if (kind === "third_reader") {
    [recall, reads, arbitrations] = [first === second ? first : called, 2, 0];
  }
  return { ...one, recall, reads, arbitrations, lacking, included, consensus, todayReads };
}

function expectedOf(
  all: readonly Decided[],
  weightOf: (one: Decided) => number,
): { counts: Record<string, number>; shares: Record<string, number | null> } {
  const kept = all.filter(({ included }) => included);
  const sum = (of: (one: Decided) => number | boolean, weigh = (_: Decided) => 1): number =>
    kept.reduce((total, one) => total + weigh(one) * Number(of(one)), 0);
  const share = (
    above: (one: Decided) => number | boolean,
    below: (one: Decided) => number | boolean,
  ) => {
    const held = sum(below, weightOf);
    return held > 0 ? sum(above, weightOf) / held : null;
  };
  return {
    counts: {
      exams: kept.length,
      cancers: sum(({ cancer }) => cancer),
      reads: sum(({ reads }) => reads),
      arbitrations: sum(({ arbitrations }) => arbitrations),
      arbitrations_without_record: all.reduce((total, { lacking }) => total + lacking, 0),
      recalls: sum(({ recall }) => recall),
      true_positives: sum(({ recall, cancer }) => recall * cancer),
      false_positives: sum(({ recall, cancer }) => recall * (1 - cancer)),
      cancers_missed: sum(({ recall, cancer }) => (1 - recall) * cancer),
      found_today_now_missed: sum((one) => one.cancer * one.consensus * (1 - one.recall)),
      missed_today_now_found: sum((one) => one.cancer * (1 - one.consensus) * one.recall),
      false_recalls_avoided: sum((one) => (1 - one.cancer) * one.consensus * (1 - one.recall)),
      false_recalls_new: sum((one) => (1 - one.cancer) * (1 - one.consensus) * one.recall),
      interval_cancers_found: sum((one) => one.interval && one.recall === 1),
    },
    shares: {
      workload_saved: share((one) => one.todayReads - one.reads, ({ todayReads }) => todayReads),
      recall_rate: share(({ recall }) => recall, () => 1),
      sensitivity: share(({ recall, cancer }) => recall * cancer, ({ cancer }) => cancer),
      sensitivity_screen: share(
        (one) => one.recall === 1 && one.cancer === 1 && !one.interval,
        (one) => one.cancer === 1 && !one.interval,
      ),
      specificity: share((one) => (1 - one.recall) * (1 - one.cancer), ({ cancer }) => 1 - cancer),
      ppv1: share(({ recall, cancer }) => recall * cancer, ({ recall }) => recall),
    },
  };
}

const ARBITRATIONS = ["recorded_consensus", "recall_if_either", "recall_only_if_both", "leave_out"];

function pathwaysOf(random: Random): Json[] {
  // Tied with scores, between them, below and above all.
  const threshold = () => [-1, 0, 0.3, 0.35, 1, 1.5][random.integer(6)]!;
  const ends = [threshold(), threshold()].sort((a, b) => a - b);
  return [
    {
      kind: "replace_second_reader",
      threshold: threshold(),
      arbitration: ARBITRATIONS[random.integer(4)],
    },
    { kind: "replace_first_reader", threshold: threshold() },
    { kind: "triage", threshold: threshold(), single_reader: 1 + random.integer(2) },
    { kind: "rule_out", threshold: threshold() },
    { kind: "rule_in", threshold: threshold(), ruled_in_read: random.integer(2) === 0 },
    { kind: "band_pass", low: ends[0], high: ends[1] },
    { kind: "third_reader", threshold: threshold() },
  ];
}

Deno.test("simulations: every count and share is that of the rules, exam by exam, also weighted and by subgroup", async () => {
  await using world = await createWorld();
  for (let seed = 0; seed < 24; seed++) {
    const random = stream(77, seed);
    const [drawn, weighted] = [draw(random, 8 + random.integer(50)), seed % 2 === 1];
    const scored = await postForm(world.app, "/v1/scores", {
      data_list: new File([listOf(drawn, weighted)], "list.csv"),
      predictions: new File(
        [
          ["exam_id,malignant", ...drawn.map(({ id, score }) => `${id},${score}`)].join("\n") +
          "\n",
        ],
        "predictions.csv",
      ),
      bootstrap: "false",
      subgroups: "false",
    });
    assert.equal(scored.status, 201, JSON.stringify(scored.body).slice(0, 500));
    const arbitration = ARBITRATIONS[random.integer(4)]!;
    const pathways = pathwaysOf(random);
    const { status, body } = await sendJson(world.app, "POST", "/v1/screening-simulations", {
      ...{ score: scored.body.id, arbitration, pathways, volume: 1000, cost_per_read: 2 },
      ...{ subgroups: ["site"], bootstrap: { replicates: 400 } },
    });
    assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
    assert.equal(body.weighted, weighted);
    const weightOf = ({ weight }: Decided): number => weighted ? weight : 1;
    const check = (ours: Json, of: readonly Decided[], what: string): void => {
      const { counts, shares } = expectedOf(of, weightOf);
      for (const [name, value] of Object.entries(counts)) {
        assert.equal(ours[name], value, `${what} ${name}`);
      }
      for (const [name, value] of Object.entries(shares)) {
        const { value: found, ci } = ours[name];
        if (value === null) assert.equal(found, null, `${what} ${name}`);
        else {
          assert.ok(Math.abs(found - value) < 1e-9, `${what} ${name}: ${found} ${value}`);
          // Percentiles of replicates may lie beside a value of a handful of women.
          if (ci !== null && name !== "workload_saved") {
            assert.ok(ci[0] <= found + 1e-9 && found <= ci[1] + 1e-9, `${what} ${name}: ${ci}`);
          }
        }
      }
    };
    for (const [at, ours] of body.pathways.entries()) {
      const pathway = pathways[at]!;
      const all = drawn.map((one) => naive(one, pathway, pathway.arbitration ?? arbitration));
      check(ours, all, `${seed} ${pathway.kind}`);
      for (const group of ours.subgroups) {
        check(
          group,
          all.filter(({ site }) => site === group.group),
          `${seed} ${pathway.kind} ${group.group}`,
        );
      }
      const kept = all.filter(({ included }) => included);
      const total = kept.reduce((sum, one) => sum + weightOf(one), 0);
      const saved = kept.reduce(
        (sum, one) => sum + weightOf(one) * (one.todayReads - one.reads),
        0,
      );
      if (total > 0) near(ours.cost.saved, 2 * 1000 * saved / total);
    }
  }
});
