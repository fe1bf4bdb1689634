import { createServiceApp, type ServiceApp } from "../../shared/http/mod.ts";
import { addAnalysisRoutes } from "./routes/score_analyses.ts";
import { addComparisonRoutes } from "./routes/comparisons.ts";
import { addEnsembleRoutes } from "./routes/ensembles.ts";
import { addLeaderboardRoutes } from "./routes/leaderboards.ts";
import { addPageRoutes } from "./routes/pages.ts";
import { addReleaseRoutes } from "./routes/releases.ts";
import { addExamScoreRoute } from "./routes/exam_scores.ts";
import { addPairedDecisionRoutes } from "./routes/paired_decisions.ts";
import { addReaderStudyRoutes } from "./routes/reader_studies.ts";
import { addScoreReadingRoutes } from "./routes/read_scores.ts";
import { addScoreFileRoutes } from "./routes/score_files.ts";
import { addScoreRoutes } from "./routes/scores.ts";
import { addScreeningRoutes } from "./routes/screening_simulations.ts";
import { addSubgroupRoutes } from "./routes/subgroups.ts";
import type { ScoringDependencies } from "./dependencies.ts";

/** The scoring service: joins predictions with the truth, measures and draws. */
export function createApp(dependencies: ScoringDependencies): ServiceApp {
  const app = createServiceApp({
    service: "scoring",
    log: dependencies.log,
    damaged: dependencies.damage.list,
  });
  addScoreRoutes(app, dependencies);
  addScoreReadingRoutes(app, dependencies);
  addReleaseRoutes(app, dependencies);
  addExamScoreRoute(app, dependencies); // before the files, whose route fits its path too
  addScoreFileRoutes(app, dependencies);
  addPageRoutes(app, dependencies);
  addSubgroupRoutes(app, dependencies);
  addComparisonRoutes(app, dependencies);
  addEnsembleRoutes(app, dependencies);
  addLeaderboardRoutes(app, dependencies);
  addReaderStudyRoutes(app, dependencies);
  addScreeningRoutes(app, dependencies);
  addAnalysisRoutes(app, dependencies);
  addPairedDecisionRoutes(app, dependencies);
  return app;
}
