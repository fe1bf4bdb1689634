import { describeJob } from "../../services/inference/dispatch/describe_job.ts";
import { makeEvaluation, makeJob, makeModel, makeRequest } from "../support/inference/values.ts";

/** @returns the line that starts a model, with names for what differs from run to run */
export function predictCall(): string {
  const request = {
    ...makeRequest({ device: "cpu" }),
    model: "<model>",
    experiment: "<experiment>",
  };
  const job = describeJob({
    evaluation: makeEvaluation({ request }),
    model: makeModel(),
    image: { tag: "toy", digest: "toy", builtAt: null },
    prepared: { mounts: [], parts: [], parameters: {}, dataListDigest: "" },
    site: { runnerOf: () => ({ uid: 1, gid: 1 }), limits: makeJob().limits, diskFreeBytes: 0 },
  });
  return ["bash", ...job.arguments].map((word) => word === "cpu" ? "<gpu|cpu>" : word).join(" ");
}
