import { join } from "node:path";
import { TEST_RUN_LABEL, testRun } from "../suite/test_run.ts";
import { removeImages, TINY_IMAGE } from "./engine.ts";

/** Label of the images of a toy model, its name. */
const TOY_LABEL = "mammoeval.test.toy";

/** A model folder of a test, with a name that nobody else on the engine uses. */
export interface ToyModel extends AsyncDisposable {
  readonly name: string;
  /** The folder that holds the model folder: one for `MAMMOEVAL_MODELS`. */
  readonly root: string;
}

/** What a toy model is made of. */
export interface ToyModelParts {
  readonly dockerfile?: string;
  /** Body of predict.sh; `$3` is where the predictions go. */
  readonly script: string;
  /** Where predict.sh is run in the container. */
  readonly predictPath?: string;
  /** Lines below `# Other arguments` of config.txt. */
  readonly parameters?: string;
}

/** Lines of shell that write good breast-level predictions for sample_data: every malignant breast scores higher. */
export const GOOD_ROWS = String
  .raw`printf 'left_malignant,right_malignant\n0.1,0.2\n0.1,0.9\n0.2,0.1\n0.8,0.7\n' >"$3"`;

/** Lines of shell that wait until the test makes `go` beside the predictions. */
export const WAIT_FOR_GO = `until [ -e "$(dirname "$3")/go" ]; do sleep 0.05; done`;

/**
 * Writes a model folder; its images and containers go when it is disposed of.
 *
 * @param parts Dockerfile and script
 */
export async function makeToyModel(parts: ToyModelParts): Promise<ToyModel> {
  const root = await Deno.makeTempDir({ prefix: "mammoeval-test-models-" });
  const name = `toy-${crypto.randomUUID().slice(0, 8)}`;
  const folder = join(root, name);
  await Deno.mkdir(join(folder, "predict"), { recursive: true });
  // A variable of its own keeps the engine's cache apart from that of other tests, which a label does not.
  const own = [`ENV TOY=${name}`, `LABEL ${TOY_LABEL}=${name} ${TEST_RUN_LABEL}=${testRun()}`];
  const [from, ...steps] = (parts.dockerfile ?? `FROM ${TINY_IMAGE}`).split("\n");
  await Deno.writeTextFile(
    join(folder, "Dockerfile"),
    [from, ...own, ...steps, ""].join("\n"),
  );
  const { script, predictPath = "/home/toy", parameters = "" } = parts;
  await Deno.writeTextFile(
    join(folder, "config.txt"),
    `# Essential arguments\nCONTAINER_PREDICT_PATH="${predictPath}"\n\n# Other arguments\n${parameters}\n`,
  );
  await Deno.writeTextFile(join(folder, "predict", "predict.sh"), `#!/bin/bash\n${script}\n`);
  return {
    name,
    root,
    async [Symbol.asyncDispose](): Promise<void> {
      await removeImages(`${TOY_LABEL}=${name}`);
      await Deno.remove(root, { recursive: true });
    },
  };
}
