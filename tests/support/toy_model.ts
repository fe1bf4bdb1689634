import { join } from "node:path";
import { TEST_RUN_LABEL, testRun } from "../suite/test_run.ts";
import { removeImages, TINY_IMAGE } from "./engine.ts";

/** Label of a toy model's images; the value is the model's name. */
const TOY_LABEL = "mammoeval.test.toy";

/** A model folder of a test, with a name unique on the engine. */
export interface ToyModel extends AsyncDisposable {
  readonly name: string;
  /** The parent folder, for `MAMMOEVAL_MODELS`. */
  readonly root: string;
}

/** Parts of a toy model. */
export interface ToyModelParts {
  readonly dockerfile?: string;
  /** Body of predict.sh; `$3` is the path of the predictions. */
  readonly script: string;
  /** Working directory of predict.sh in the container. */
  readonly predictPath?: string;
  /** Lines below `# Other arguments` of config.txt. */
  readonly parameters?: string;
}

/** Shell lines that write good breast-level predictions for sample_data: every malignant breast scores higher. */
export const GOOD_ROWS = String
  .raw`printf 'left_malignant,right_malignant\n0.1,0.2\n0.1,0.9\n0.2,0.1\n0.8,0.7\n' >"$3"`;

/** Shell lines that wait until the test creates `go` beside the predictions. */
export const WAIT_FOR_GO = `until [ -e "$(dirname "$3")/go" ]; do sleep 0.05; done`;

/** Writes a model folder; disposing of it also removes its images and containers. */
export async function makeToyModel(parts: ToyModelParts): Promise<ToyModel> {
  const root = await Deno.makeTempDir({ prefix: "mammoeval-test-models-" });
  const name = `toy-${crypto.randomUUID().slice(0, 8)}`;
  const folder = join(root, name);
  await Deno.mkdir(join(folder, "predict"), { recursive: true });
  // Its own variable separates the engine's build cache from other tests; a label does not.
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
