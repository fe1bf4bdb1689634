import assert from "node:assert/strict";
import type { z } from "@hono/zod-openapi";
import type { comparisonSchema } from "../shared/contracts/comparisons.ts";
import type { datasetSchema, examSchema } from "../shared/contracts/datasets.ts";
import type { doctorSchema } from "../shared/contracts/doctor.ts";
import type { evaluationSchema } from "../shared/contracts/evaluations.ts";
import type { leaderboardSchema } from "../shared/contracts/leaderboards.ts";
import type { modelListSchema, modelSchema } from "../shared/contracts/models.ts";
import type { readerStudySchema } from "../shared/contracts/reader_studies.ts";
import type { scoreReportSchema } from "../shared/contracts/scores.ts";
import type { usageSchema } from "../shared/contracts/usage.ts";
import { connect, ForeignAnswerError, type Site } from "./mod.ts";

/** The compiler checks this file: it must reject each line after an expected error. */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
type Answer<Method extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Method>>;
type Item<Method extends (...args: never[]) => AsyncGenerator<unknown>> = ReturnType<
  Method
> extends AsyncGenerator<infer T> ? T : never;

/** Does nothing; only its type argument matters. */
function holds<_Claim extends true>(): void {}

holds<Same<Answer<Site["datasets"]["register"]>, z.infer<typeof datasetSchema>>>();
holds<Same<Item<Site["datasets"]["list"]>, z.infer<typeof datasetSchema>>>();
holds<Same<Item<Site["datasets"]["exams"]>, z.infer<typeof examSchema>>>();
holds<Same<Answer<Site["models"]["list"]>, z.infer<typeof modelListSchema>>>();
holds<Same<Answer<Site["models"]["get"]>, z.infer<typeof modelSchema>>>();
holds<Same<Answer<Site["evaluations"]["submit"]>, z.infer<typeof evaluationSchema>>>();
holds<Same<Answer<Site["evaluations"]["waitForEnd"]>, z.infer<typeof evaluationSchema>>>();
holds<Same<Answer<Site["scores"]["create"]>, z.infer<typeof scoreReportSchema>>>();
holds<Same<Answer<Site["combine"]>, z.infer<typeof scoreReportSchema>>>();
holds<Same<Answer<Site["compare"]>, z.infer<typeof comparisonSchema>>>();
holds<Same<Answer<Site["leaderboards"]["get"]>, z.infer<typeof leaderboardSchema>>>();
holds<Same<Answer<Site["readerStudies"]["get"]>, z.infer<typeof readerStudySchema>>>();
holds<Same<Answer<Site["usage"]>, z.infer<typeof usageSchema>>>();
holds<Same<Answer<Site["doctor"]>, z.infer<typeof doctorSchema>>>();
// @ts-expect-error a claim that is false
holds<Same<Answer<Site["doctor"]>, z.infer<typeof usageSchema>>>();

/** Never run. */
async function wrongRequests(site: Site): Promise<void> {
  const order = { model: "reference", experiment: "exp1", dataset: "sample" };
  // @ts-expect-error no dataset
  await site.evaluations.submit({ model: "reference", experiment: "exp1" });
  // @ts-expect-error no such device
  await site.evaluations.submit({ ...order, device: "tpu" });
  // @ts-expect-error a share is a number
  await site.evaluations.submit({ ...order, operating_points: [{ specificity: "0.9" }] });
  // @ts-expect-error a misspelt field
  await site.evaluations.submit({ ...order, bootstap: false });
  // @ts-expect-error no such status
  site.evaluations.list({ status: "done" });
  // @ts-expect-error a page has a number of items
  site.scores.list({ limit: "10" });
  // @ts-expect-error images without their data list
  await site.datasets.register({ name: "a", images: "b" });
  // @ts-expect-error a path where the file itself is to be sent
  await site.datasets.upload({ name: "a", data_list: "data.pkl", images: [] });
  // @ts-expect-error no truth
  await site.scores.create({ predictions: new File([], "p.csv") });
  // @ts-expect-error no such file
  await site.scores.file("id", "breast", "roc.gif");
  // @ts-expect-error no such level
  await site.compare({ scores: ["a", "b"], level: "case" });
  // @ts-expect-error null where it may be
  (await site.evaluations.get("id")).finished_at.length;
  for await (const event of site.evaluations.events("id")) {
    // @ts-expect-error only progress has it
    event.data.done satisfies number | null;
    if (event.type === "progress") event.data.done satisfies number | null;
  }
}

Deno.test("a wrong request does not compile, and nothing is sent before something is asked for", () => {
  assert.equal(typeof wrongRequests, "function");
  const refuse = (): never => {
    throw new ForeignAnswerError("nobody", 0);
  };
  assert.equal(connect({ url: "http://127.0.0.1:1/", fetch: refuse }).url, "http://127.0.0.1:1");
});

Deno.test("what is no base URL is refused at once", () => {
  for (const url of ["", "127.0.0.1:8000", "file:///etc", "http://"]) {
    assert.throws(() => connect({ url }), /base URL such as/, url);
  }
});
