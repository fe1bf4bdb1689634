// usage: deno run --allow-env --allow-net evaluate.ts <model> <dataset>
// Evaluates a model on a registered dataset, tells what goes on, prints the AUROC.
// deno-lint-ignore-file no-console -- it is what an example does
import { connect } from "../client/mod.ts";

const [model = "", dataset = ""] = Deno.args;
const url = Deno.env.get("MAMMOEVAL_URL") ?? "http://127.0.0.1:8000";
const site = connect({ url, token: Deno.env.get("MAMMOEVAL_TOKEN") });
try {
  const { id } = await site.evaluations.submit({ model, dataset, experiment: "by-typescript" });
  for await (const { type, data } of site.evaluations.events(id)) console.error(type, data);
  const { status, error } = await site.evaluations.get(id);
  if (status !== "succeeded") throw new Error(`${status}: ${error?.message}`);
  const { auroc } = (await site.scores.get(id)).levels.breast;
  const [value, interval] = [auroc.value?.toFixed(3), auroc.ci_by_exam];
  console.log(`${model} on ${dataset}: AUROC ${value}, interval by exam`, interval);
} catch (error) {
  console.error((error as Error).message);
  Deno.exit(1);
}
