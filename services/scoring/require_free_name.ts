import { Problem } from "../../shared/http/mod.ts";
import type { ScoringDependencies } from "./dependencies.ts";

/**
 * Refuses the name of a model for a score that no run of that model has given: the score would be taken for
 * one of the model's.
 *
 * @param name what the caller calls the score's model; null where it has no name
 * @param deps the registered models, and the scores with the models that were evaluated here
 * @throws {Problem} `invalid_request` where a registered or evaluated model has the name, in whatever case
 */
export async function requireFreeName(
  name: string | null,
  { modelNames, store }: Pick<ScoringDependencies, "modelNames" | "store">,
): Promise<void> {
  if (name === null) return;
  const isTaken = (other: string | null): boolean => other?.toLowerCase() === name.toLowerCase();
  const which = modelNames().some(isTaken)
    ? "a model of this site"
    : (await store.headings()).some(({ evaluation, model }) =>
        evaluation !== null && isTaken(model)
      )
    ? "a model that was evaluated here"
    : null;
  if (which === null) return;
  throw new Problem(
    "invalid_request",
    `model: ${name} is the name of ${which}: choose another name, for example ${name}_ensemble`,
  );
}
