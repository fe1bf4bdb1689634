import assert from "node:assert/strict";
import { mergeMetrics } from "./join_damage.ts";

Deno.test("each metric has its comments once and all samples below them", () => {
  const service = (name: string): string =>
    [
      "# HELP runs Evaluations",
      "# TYPE runs counter",
      `runs{service="${name}"} 1`,
      "",
      "# HELP runs_seconds Duration",
      "# TYPE runs_seconds histogram",
      `runs_seconds_bucket{service="${name}",le="1"} 2`,
      `runs_seconds_count{service="${name}"} 2`,
      "",
    ].join("\n");
  assert.equal(
    mergeMetrics([service("a"), service("b")]),
    [
      "# HELP runs Evaluations",
      "# TYPE runs counter",
      'runs{service="a"} 1',
      'runs{service="b"} 1',
      "",
      "# HELP runs_seconds Duration",
      "# TYPE runs_seconds histogram",
      'runs_seconds_bucket{service="a",le="1"} 2',
      'runs_seconds_count{service="a"} 2',
      'runs_seconds_bucket{service="b",le="1"} 2',
      'runs_seconds_count{service="b"} 2',
      "",
    ].join("\n"),
  );
});

Deno.test("a metric whose name begins like another one's keeps its samples", () => {
  const first = "# TYPE a_b counter\na_b 1\n# TYPE a counter\na 1\n";
  const second = "# TYPE a_b counter\na_b 2\n";
  assert.equal(
    mergeMetrics([first, second]),
    "# TYPE a_b counter\na_b 1\na_b 2\n\n# TYPE a counter\na 1\n",
  );
});

Deno.test("nothing merges to nothing", () => assert.equal(mergeMetrics(["", "\n"]), ""));
