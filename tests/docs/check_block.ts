import { pacsLogins } from "../../services/ingestion/dicom/pacs_logins.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import type { z } from "@hono/zod-openapi";
import { declaredFailure } from "../../services/inference/dispatch/failure_of_end.ts";
import { slurmChoices } from "../../services/inference/executors/slurm_choices.ts";
import { readLabels } from "../../services/ingestion/dicom/labels.ts";
import { comparisonRequest } from "../../shared/contracts/comparisons.ts";
import {
  registerDatasetRequest,
  registerDicomRequest,
  registerDicomwebRequest,
} from "../../shared/contracts/datasets.ts";
import { evaluationBatchRequest, evaluationRequest } from "../../shared/contracts/evaluations.ts";
import { readDataList, readPredictions } from "../../shared/format/mod.ts";
import { PROJECT } from "../support/embedded_service.ts";
import type { Block } from "./markdown.ts";
import { predictCall } from "./predict_call.ts";

/** Bodies of requests that documents show as JSON. */
const REQUESTS: Readonly<Record<string, z.ZodType>> = {
  dataset: registerDatasetRequest,
  dicom: registerDicomRequest,
  dicomweb: registerDicomwebRequest,
  evaluation: evaluationRequest,
  batch: evaluationBatchRequest,
  comparison: comparisonRequest,
  "dicomweb-logins": pacsLogins,
  "slurm-models": slurmChoices,
};

/** Why a block may go without a test. */
const NO_TEST_REASONS = ["drawing", "changes the machine"];

/** Looks at a block of one kind; throws where the document is wrong. */
type CheckBlock = (block: Block) => void | Promise<void>;

/** The kinds of blocks that are looked at and not run. */
export const CHECKED: Readonly<Record<string, CheckBlock>> = {
  json({ argument, text }): void {
    if (argument === "data-list") return checkDataList(text, "json");
    const schema = REQUESTS[argument];
    assert.ok(schema !== undefined, `no such contract: ${argument}`);
    const { error } = schema.safeParse(JSON.parse(text));
    assert.equal(error?.message ?? "", "");
  },
  csv({ argument, text }): void {
    if (argument === "data-list") return checkDataList(text, "csv");
    if (argument === "predictions") {
      return assert.deepEqual(readPredictions(text).errors, []);
    }
    assert.equal(argument, "dicom-labels");
    assert.ok(readLabels(text).rows.length > 0);
  },
  async tree({ argument, text }): Promise<void> {
    for (const path of pathsOfTree(text)) {
      const found = await expand(join(PROJECT, argument), path.split("/"));
      assert.ok(found.length > 0, `nothing is at ${path}`);
    }
  },
  call({ text }): void {
    assert.equal(text.trim(), predictCall());
  },
  failure({ text }): void {
    const said = text.trim().replace("<type>", "out_of_memory").replace(/<[^>]*>$/, "a sentence");
    const message = "The model says: a sentence";
    assert.deepEqual(declaredFailure([said]), { type: "out_of_memory", message });
  },
  async covered({ argument, text }): Promise<void> {
    const [, path, shared] = /^by (\S+): (.+)$/.exec(argument) ?? [];
    assert.ok(path !== undefined && shared !== undefined, "say: covered by <file>: <text of both>");
    assert.ok(text.includes(shared), `the block does not say ${shared}`);
    const test = await Deno.readTextFile(join(PROJECT, path));
    assert.ok(test.includes(shared), `${path} does not say ${shared}`);
  },
  none({ argument }): void {
    assert.ok(NO_TEST_REASONS.includes(argument), `"${argument}" is no reason`);
  },
};

function checkDataList(text: string, format: "json" | "csv"): void {
  const { exams, errors } = readDataList(new TextEncoder().encode(text), format);
  assert.deepEqual(errors, []);
  assert.ok(exams.length > 0);
}

/**
 * @param text a listing: a path first on each line, what lies in a folder indented below it
 * @returns whole paths
 */
export function pathsOfTree(text: string): string[] {
  const folders: { indent: number; path: string }[] = [];
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const indent = line.search(/\S/);
    while (folders.length > 0 && folders.at(-1)!.indent >= indent) folders.pop();
    const name = line.trim().split(/\s/)[0]!.replace(/\/$/, "");
    const path = [...folders.slice(-1).map((folder) => folder.path), name].join("/");
    folders.push({ indent, path });
    return path;
  });
}

/** All that is at a path whose `<parts>` may be called anything. */
async function expand(folder: string, [first, ...rest]: readonly string[]): Promise<string[]> {
  if (first === undefined) return [folder];
  const pattern = new RegExp(`^${first.replaceAll(".", "\\.").replaceAll(/<[^>]*>/g, ".*")}$`);
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (pattern.test(entry.name) && (entry.isDirectory || rest.length === 0)) {
      found.push(...await expand(join(folder, entry.name), rest));
    }
  }
  return found;
}
