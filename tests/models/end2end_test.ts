import assert from "node:assert/strict";
import { join } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import * as core from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { PROJECT } from "../support/embedded_service.ts";
import { docker, engineTest } from "../support/engine.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { type Architecture, buildNetwork } from "./keras_architectures.ts";
import { build, buildArguments, ran, serveStandIns, TORCH_BASE } from "./torch_base.ts";

/** The largest difference of a probability. */
const DIFFERENCE_MAX = 1e-5;
/** `MAMMOEVAL_TEST_WHOLE_NETWORKS=1` tries the networks in their whole width; takes minutes. */
const NARROWER = Deno.env.get("MAMMOEVAL_TEST_WHOLE_NETWORKS") === "1" ? 1 : 16;
/** Height and width of the images, pixels. */
const SIZE = [128, 192] as const;

function uniform(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (high - low) * state / 2 ** 32;
  };
}

/** Weights for which signals neither fade nor grow, and no two weights of a layer are alike. */
function drawWeights(model: LayersModel, draw: (low: number, high: number) => number): void {
  for (const weight of model.weights) {
    const { shape, originalName } = weight as unknown as { shape: number[]; originalName: string };
    const size = shape.reduce((product, length) => product * length, 1);
    const fan = size / shape.at(-1)!;
    const bound = shape.length > 1 ? Math.sqrt(6 / fan) : 0.1;
    const [low, high] = /gamma|variance/.test(originalName) ? [0.6, 1.2] : [-bound, bound];
    weight.write(core.tensor(Float32Array.from({ length: size }, () => draw(low, high)), shape));
  }
}

/** Runs a network, its last weights made smaller until the answer depends on what comes before. */
function unsaturatedAnswer(model: LayersModel, image: core.Tensor): number[][] {
  const last = model.layers.at(-1)!.weights[0]!;
  for (;;) {
    const answer = (model.predict(image) as core.Tensor).arraySync() as number[][];
    if (answer.flat().every((probability) => probability > 0.05)) return answer;
    last.write(core.div(last.read(), 4));
  }
}

/** Writes a network for `keras_files.py`, its weights in the order in which Keras saves them. */
async function writeCase(path: string, model: LayersModel, image: core.Tensor): Promise<void> {
  const weights = model.layers.map((layer) => ({ name: layer.name, weights: layer.weights }));
  const described = weights.map(({ name, weights }) => ({
    name,
    weights: weights.map(({ originalName, shape }) => ({ name: `${originalName}:0`, shape })),
  }));
  const arrays = weights.flatMap(({ weights }) => weights.map((weight) => weight.read()));
  const values = [...arrays, image].map((array) => array.dataSync() as Float32Array);
  await Deno.writeTextFile(
    `${path}.json`,
    JSON.stringify({
      model: JSON.parse(model.toJSON() as unknown as string),
      layers: described,
      image: image.shape,
    }),
  );
  using file = await Deno.open(`${path}.bin`, { write: true, create: true });
  for (const array of values) {
    const writer = file.writable.getWriter();
    await writer.write(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    writer.releaseLock();
  }
}

function architectures(): Architecture[] {
  const patches = ["resnet50", "vgg16", "vgg19", "yaroslav"] as const;
  const all = patches.flatMap((patch) =>
    (["x2_hybrid", "512x1"] as const).flatMap((top) =>
      [true, false].map((nested) => ({ patch, top, nested, frozen: false, narrower: NARROWER }))
    )
  );
  const frozen = patches.map((patch) => ({
    ...{ patch, top: "x2_hybrid" as const, nested: true },
    ...{ frozen: true, narrower: NARROWER },
  }));
  return [...all, ...frozen];
}

function nameOf({ patch, top, nested, frozen }: Architecture): string {
  return [patch, top, nested ? "nested" : "flat", ...frozen ? ["frozen"] : []].join(" ");
}

await engineTest("end2end's reader runs Keras's networks as tfjs-layers does", async (t) => {
  await core.setBackend("cpu");
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-keras-");
  const expected = new Map<string, number[][]>();
  for (const [index, architecture] of architectures().entries()) {
    const name = nameOf(architecture);
    const draw = uniform(index + 1);
    const model = buildNetwork(architecture, SIZE);
    drawWeights(model, draw);
    const channels = model.inputs[0]!.shape.at(-1)!;
    const shape = [2, ...SIZE, channels];
    const size = shape.reduce((product, length) => product * length, 1);
    const image = core.tensor(Float32Array.from({ length: size }, () => draw(-1, 1)), shape);
    expected.set(name, unsaturatedAnswer(model, image));
    await writeCase(join(folder, name), model, image);
    model.dispose();
    image.dispose();
  }
  await docker(
    ...["run", "--rm", "--network", "none", "--user", `${Deno.uid()}:${Deno.gid()}`],
    ...["--volume", `${folder}:/cases`, "--volume", `${PROJECT}:/project:ro`],
    ...["--env", "PYTHONPATH=/project/models/end2end/predict", TORCH_BASE],
    ...["python3", "-B", "/project/tests/models/keras_files.py", "/cases"],
  );
  for (const [name, answer] of expected) {
    await t.step(name, async () => {
      const text = await Deno.readTextFile(join(folder, `${name}.out`));
      const found = JSON.parse(text).probabilities as number[][];
      const differences = answer.flatMap((row, at) =>
        row.map((value, column) => Math.abs(value - found[at]![column]!))
      );
      const largest = Math.max(...differences);
      assert.ok(largest < DIFFERENCE_MAX, `differs by ${largest}`);
      // An answer that does not depend on the image would agree whatever the reader does.
      assert.ok(Math.abs(answer[0]![0]! - answer[1]![0]!) > 10 * DIFFERENCE_MAX, String(answer));
    });
  }
}, { images: [TORCH_BASE] });

await engineTest("end2end's images are those that ImageMagick makes", async () => {
  await using standIns = await serveStandIns();
  const { code, text, tag } = await build("end2end", buildArguments("end2end", standIns));
  assert.equal(code, 0, text);
  try {
    const differences = JSON.parse(
      await docker(
        ...["run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp"],
        ...["--user", "10001:10001", "--volume", `${PROJECT}:/project:ro`],
        ...["--env", "PYTHONPATH=/project/models/end2end/predict:/opt/mammoeval", tag],
        ...["python3", "-B", "/project/tests/models/end2end_images.py"],
        "/project/sample_data/images",
      ),
    );
    assert.ok(Object.keys(differences).length > 20);
    for (const [image, difference] of Object.entries(differences)) {
      assert.equal(difference, 0, image);
    }
  } finally {
    await ran("image", "rm", "--force", tag);
  }
}, { images: [TORCH_BASE] });
