import { z } from "@hono/zod-openapi";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { examScoreSchema } from "../../../shared/contracts/exam_scores.ts";
import { examId, scoreId } from "../../../shared/contracts/parameters.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { readScoresAs, requireTruthOf } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";

const route = routesOf("scores");

const examRoute = route("get", "/v1/scores/{id}/exams/{exam}", "getExamScore", {
  summary: "What a score says of one exam, and where that stands among all others",
  description: "For those who may see the truth; each look is in the audit log.",
  request: { params: z.object({ id: scoreId, exam: examId }) },
  responses: {
    200: jsonAnswer(examScoreSchema, "The scores of its breasts"),
    ...problems("forbidden", "not_found"),
  },
});

export function addExamScoreRoute(app: ServiceApp, { store, compute }: ScoringDependencies): void {
  app.openapi(examRoute, async (c) => {
    const { id, exam } = c.req.valid("param");
    const caller = c.get("caller");
    const score = await readScoresAs(caller, store).find(id);
    requireTruthOf(caller, score, "The score of an exam with its label");
    const outcome = await compute.run("exam", { report: score.whole, exam }, askerOf(c));
    if (!outcome.ok || outcome.breasts.length === 0) {
      const reason = outcome.ok ? `it has no exam ${JSON.stringify(exam)}` : outcome.reason;
      throw new Problem("not_found", `Score ${id} says nothing of this exam: ${reason}`);
    }
    return c.json({ score: score.whole.id, exam, breasts: [...outcome.breasts] }, 200);
  });
}
