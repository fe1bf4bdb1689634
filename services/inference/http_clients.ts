import { type DatasetRecord, datasetSchema } from "../../shared/contracts/datasets.ts";
import { Problem, type ServiceClient } from "../../shared/http/mod.ts";
import type { DatasetClient, ScoringClient } from "./clients.ts";

/**
 * @param ingestion talks to the ingestion service
 */
export function createHttpDatasetClient(ingestion: ServiceClient): DatasetClient {
  return {
    async get(id): Promise<DatasetRecord> {
      const answer = await ingestion.json("GET", `/v1/datasets/${encodeURIComponent(id)}`);
      const parsed = datasetSchema.safeParse(answer);
      if (!parsed.success) {
        throw new Problem("upstream_unavailable", "The ingestion service answered with no dataset");
      }
      return parsed.data;
    },
  };
}

/**
 * @param scoring talks to the scoring service
 */
export function createHttpScoringClient(scoring: ServiceClient): ScoringClient {
  return {
    async score(order): Promise<string> {
      const headers = {
        "x-request-id": String(order.provenance["request_id"] ?? order.evaluation),
      };
      const answer = await scoring.json("POST", "/v1/scores", order, headers);
      if (
        typeof answer !== "object" || answer === null || !("id" in answer) ||
        typeof answer.id !== "string"
      ) {
        throw new Problem("upstream_unavailable", "The scoring service answered with no score");
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
