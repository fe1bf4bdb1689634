import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { engineTest } from "../support/engine.ts";
import { ended, evaluate, logged, logOf, submit } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { GOOD_ROWS, makeToyModel, WAIT_FOR_GO } from "../support/toy_model.ts";

/** Copies the images of sample_data with its data list beside them. */
async function makeImages(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "old lists"), { recursive: true });
  const images = join(PROJECT, "sample_data/images");
  for (const { name } of Deno.readDirSync(images)) {
    await Deno.copyFile(join(images, name), join(folder, name));
  }
  for (const name of ["data.pkl", "DATA.PKL", 'a, "b".csv', "old lists/labels.json"]) {
    await Deno.copyFile(join(PROJECT, "sample_data/data.pkl"), join(folder, name));
  }
}

async function register(url: string, images: string, name = "sample"): Promise<Json> {
  const { status, body } = await sendJson(`${url}/v1/datasets`, "POST", {
    name,
    images,
    data_list: join(PROJECT, "sample_data/data.pkl"),
  }, { prefer: "wait=60" });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

await engineTest(
  "lists in the images folder are empty in the container, and warned of",
  async () => {
    await using scope = new AsyncDisposableStack();
    // Others may not look into a temporary folder itself.
    const data = join(await temporaryFolder(scope, "mammoeval-test-images-"), "images");
    await using model = await makeToyModel({
      script: `cd /home/images
find . -type f ! -name '*.png' -exec wc -c {} \\; | sort -k 2
echo "pictures $(ls *.png | wc -l)"
${GOOD_ROWS}`,
    });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_DATA_ROOTS: `${PROJECT},${data}`,
    });
    await makeImages(data);
    const { warnings } = await register(service.url, data);
    assert.deepEqual(warnings.map(({ code }: Json) => code), Array(4).fill("file_hidden"));
    await Deno.writeTextFile(join(data, "later.txt"), "labels");
    const { id, status, error } = await evaluate(service.url, model.name);
    assert.equal(status, "succeeded", JSON.stringify(error));
    const said = (await logOf(service.url, id)).filter((line) => /^\d+ \.|^pictures/.test(line));
    assert.deepEqual(said, [
      "0 ./DATA.PKL",
      '0 ./a, "b".csv',
      "0 ./data.pkl",
      "0 ./later.txt",
      "pictures 16",
    ]);
  },
);

await engineTest(
  "an image that goes or is swapped while a model runs ends the run by name",
  async () => {
    await using scope = new AsyncDisposableStack();
    const data = await temporaryFolder(scope, "mammoeval-test-images-");
    await using model = await makeToyModel({
      script:
        `echo begun\n${WAIT_FOR_GO}\ncat /home/images/0_L_CC.png >/dev/null || exit 1\n${GOOD_ROWS}`,
    });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_DATA_ROOTS: `${PROJECT},${data}`,
    });
    const acts = {
      image_changed: (image: string) => Deno.copyFile(image.replace("L_CC", "R_CC"), image),
      image_absent: (image: string) => Deno.remove(image),
    };
    for (const [code, act] of Object.entries(acts)) {
      await makeImages(join(data, code));
      await register(service.url, join(data, code), code);
      const { id } = await submit(service.url, model.name, { dataset: code });
      await logged(service.url, id, /^begun$/);
      await act(join(data, code, "0_L_CC.png"));
      await Deno.writeTextFile(join(service.home!, "work", id, "predictions", "go"), "");
      const { error } = await ended(service.url, id);
      assert.equal(error.type, "images_changed");
      assert.deepEqual(
        error.faults.map(({ code, view, image }: Json) => [code, view, image]),
        [[code, "L-CC", "0_L_CC"]],
      );
    }
  },
);
