import { join } from "node:path";
import { readSettings } from "../shared/settings.ts";
import { evaluate } from "./evaluate.ts";
import { readEvaluateArguments } from "./evaluate_arguments.ts";

const { home } = readSettings((name) => Deno.env.get(name), Deno.cwd());
// Without a container: the demo shall work on a machine that has nothing but Deno.
const environment = { MAMMOEVAL_EXECUTOR: Deno.env.get("MAMMOEVAL_EXECUTOR") || "process" };
const args = readEvaluateArguments([
  "reference",
  "demo",
  "sample_data/images",
  join(home, "preprocessed"),
  "sample_data/data.pkl",
  join(home, "demo"),
  "cpu",
]);

Deno.exit(await evaluate(args, environment));
