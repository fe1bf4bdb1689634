import type { z } from "zod";
import {
  datasetSchema,
  foreignFilesSchema,
  imagesLookSchema,
} from "../../shared/contracts/datasets.ts";
import { SCORING_CALL_S } from "../../shared/limits.ts";
import { CALLER_HEADERS, Problem, type ServiceClient } from "../../shared/http/mod.ts";
import type { DatasetClient, ScoringClient } from "./clients.ts";

export function createHttpDatasetClient(ingestion: ServiceClient): DatasetClient {
  async function ask<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T>> {
    const parsed = schema.safeParse(await ingestion.json("GET", path));
    if (parsed.success) return parsed.data;
    throw new Problem(
      "upstream_unavailable",
      `The ingestion service gave an unexpected answer to ${path}`,
    );
  }
  return {
    get: (id) => ask(`/v1/datasets/${encodeURIComponent(id)}`, datasetSchema),
    lookAgain: (id, start) =>
      ask(`/internal/datasets/${encodeURIComponent(id)}/images?start=${start}`, imagesLookSchema),
    foreignFiles: (id) =>
      ask(`/internal/datasets/${encodeURIComponent(id)}/foreign`, foreignFilesSchema),
  };
}

export function createHttpScoringClient(scoring: ServiceClient): ScoringClient {
  return {
    async score(order, user): Promise<string> {
      const headers = {
        // The user name is for fair queueing; inference itself has the right to read the volume.
        [CALLER_HEADERS.user]: user,
        [CALLER_HEADERS.role]: "admin",
        "x-request-id": String(order.provenance["request_id"] ?? order.evaluation),
      };
      const answer = await scoring.json("POST", "/v1/scores", order, headers, SCORING_CALL_S);
      if (
        typeof answer !== "object" || answer === null || !("id" in answer) ||
        typeof answer.id !== "string"
      ) {
        throw new Problem("upstream_unavailable", "The scoring service answered without a score");
      }
      return answer.id;
    },
    async remove(id): Promise<void> {
      await scoring.json("DELETE", `/v1/scores/${encodeURIComponent(id)}`).catch((error) => {
        if (!(error instanceof Problem) || error.type !== "not_found") throw error;
      });
    },
  };
}
