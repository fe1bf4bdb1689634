import { Problem } from "../../../shared/http/mod.ts";
import type { Entries } from "./form_parts.tsx";

const HOUR_S = 3600;

/**
 * Converts the form's entries to the body of `POST /v1/evaluations`, not yet checked. Empty fields are omitted.
 * @throws {Problem} where a parameter is not NAME=value
 */
export function evaluationRequestOf(entries: Entries): Record<string, unknown> {
  const { model, dataset, experiment, device, exams } = entries;
  const given = (name: string): string | null => entries[name] || null;
  const optional = <T>(name: string, text: string | null, read: (text: string) => T): object =>
    text === null ? {} : { [name]: read(text) };
  return {
    ...{ model, dataset, experiment, device, parameters: parametersOf(entries) },
    ...(exams === undefined ? {} : { exams }),
    ...bootstrapOf(entries),
    ...optional("subgroups", given("subgroups"), subgroupsOf),
    ...optional("prevalence", given("prevalence"), numberOf),
    ...optional("gpu", given("gpu"), gpusOf),
    ...optional("priority", given("priority"), numberOf),
    ...optional("timeout_s", given("timeout_h"), secondsOf),
  };
}

function parametersOf({ parameters = "" }: Entries): Record<string, string> {
  return Object.fromEntries(
    parameters.split(/\s+/).filter((word) => word !== "").map((word) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined) {
        throw new Problem(
          "invalid_request",
          `parameters: Invalid parameter ${JSON.stringify(word)}: write NAME=value`,
        );
      }
      return [name, value];
    }),
  );
}

function bootstrapOf({ replicates = "", seed = "" }: Entries): object {
  if (replicates === "" && seed === "") return {};
  return {
    bootstrap: {
      ...(replicates === "" ? {} : { replicates: numberOf(replicates) }),
      ...(seed === "" ? {} : { seed: numberOf(seed) }),
    },
  };
}

/** `none`, or keys of the exams. */
function subgroupsOf(text: string): boolean | string[] {
  return text === "none" ? false : wordsOf(text);
}

/** `auto`, or numbers. */
function gpusOf(text: string): unknown {
  return text === "auto" ? text : wordsOf(text).map(numberOf);
}

function secondsOf(hours: string): number | string {
  const number = numberOf(hours);
  return typeof number === "number" ? Math.round(number * HOUR_S) : number;
}

/** Leaves other text as it is, so that the API refuses it by name; JSON would turn NaN into null. */
function numberOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
