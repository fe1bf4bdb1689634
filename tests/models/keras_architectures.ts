import * as layers from "@tensorflow/tfjs-layers";

/**
 * The architectures of end2end's builders, in an independent Keras: a patch network, cut before its pooled
 * classifier, below blocks that classify a whole image.
 *
 * @module
 */

/** A patch network by the name that end2end gives it. */
export type PatchNetwork = "resnet50" | "vgg16" | "vgg19" | "yaroslav";

/** What is put on top: residual blocks, twice two of them (`x2_hybrid`), or one VGG block (`512x1`). */
export type Top = "x2_hybrid" | "512x1";

/** How one network is built. */
export interface Architecture {
  readonly patch: PatchNetwork;
  readonly top: Top;
  /** Whether the patch network is a layer of the whole network, as since July 2017. */
  readonly nested: boolean;
  /** Whether the patch network's first layers are frozen, as while the top alone is trained. */
  readonly frozen: boolean;
  /** Channels are divided by this; 1 is end2end's own. */
  readonly narrower: number;
}

type Tensor = layers.SymbolicTensor;

function through(value: Tensor, ...stack: { apply(value: Tensor): unknown }[]): Tensor {
  return stack.reduce((taken, layer) => layer.apply(taken) as Tensor, value);
}

interface ConvolutionOptions {
  readonly size?: number;
  readonly strides?: number;
  readonly padding?: "same" | "valid";
  readonly name?: string;
  readonly activation?: "relu";
}

function convolution(filters: number, options: ConvolutionOptions = {}): layers.layers.Layer {
  const { size = 3, ...rest } = options;
  return layers.layers.conv2d({ filters, kernelSize: size, padding: "same", ...rest });
}

const normalise = () => layers.layers.batchNormalization({ axis: -1 });
const relu = () => layers.layers.activation({ activation: "relu" });
const pool = () => layers.layers.maxPooling2d({ poolSize: 2, strides: 2 });

function vgg(value: Tensor, repetitions: readonly number[], narrower: number): Tensor {
  return repetitions.reduce((taken, count, block) => {
    const filters = Math.min(512, 64 << block) / narrower;
    const stack = Array.from(
      { length: count },
      (_, index) =>
        convolution(filters, {
          activation: "relu",
          name: `block${block + 1}_conv${index + 1}`,
        }),
    );
    return through(taken, ...stack, pool());
  }, value);
}

function yaroslav(value: Tensor, narrower: number): Tensor {
  return [32, 64, 128, 256, 256, 512].reduce((taken, filters) => {
    const half = () => [convolution(filters / narrower), normalise(), relu()];
    return through(taken, ...half(), ...half(), pool());
  }, value);
}

/** Three convolutions of a residual block, and the shortcut beside them. */
function bottleneck(
  value: Tensor,
  filters: readonly [number, number],
  strides: number,
  projected: boolean,
): Tensor {
  const [narrow, wide] = filters;
  const residual = through(
    value,
    ...[convolution(narrow, { size: 1, strides }), normalise(), relu()],
    ...[convolution(narrow), normalise(), relu()],
    ...[convolution(wide, { size: 1 }), normalise()],
  );
  const shortcut = projected
    ? through(value, convolution(wide, { size: 1, strides, padding: "valid" }), normalise())
    : value;
  const sum = layers.layers.add().apply([shortcut, residual]) as Tensor;
  return through(sum, relu());
}

function resnet50(value: Tensor, narrower: number): Tensor {
  const stem = through(
    value,
    layers.layers.zeroPadding2d({ padding: 3 }),
    convolution(64 / narrower, { size: 7, strides: 2, padding: "valid" }),
    ...[normalise(), relu()],
    layers.layers.maxPooling2d({ poolSize: 3, strides: 2 }),
  );
  return [3, 4, 6, 3].reduce((taken, count, stage) => {
    const narrow = (64 << stage) / narrower;
    for (let block = 0; block < count; block++) {
      const strides = block === 0 && stage > 0 ? 2 : 1;
      taken = bottleneck(taken, [narrow, 4 * narrow], strides, block === 0);
    }
    return taken;
  }, stem);
}

function patchNetwork(value: Tensor, kind: PatchNetwork, narrower: number): Tensor {
  if (kind === "resnet50") return resnet50(value, narrower);
  if (kind === "yaroslav") return yaroslav(value, narrower);
  return vgg(value, kind === "vgg16" ? [2, 2, 3, 3, 3] : [2, 2, 4, 4, 4], narrower);
}

function topBlocks(value: Tensor, top: Top, narrower: number): Tensor {
  const depth = 512 / narrower;
  if (top === "512x1") return through(value, convolution(depth), normalise(), relu(), pool());
  const filters = [depth, 2 * depth] as const;
  for (const strides of [2, 1, 2, 1]) value = bottleneck(value, filters, strides, strides === 2);
  return value;
}

/**
 * Builds one network.
 *
 * @param architecture how
 * @param size height and width of its images, pixels
 * @returns the network, with whatever weights tfjs gives it
 */
export function buildNetwork(
  architecture: Architecture,
  size: readonly [number, number],
): layers.LayersModel {
  const { patch, top, nested, frozen, narrower } = architecture;
  const channels = patch === "yaroslav" ? 1 : 3;
  const image = layers.input({ shape: [...size, channels] });
  const patchInput = nested ? layers.input({ shape: [null, null, channels] }) : image;
  const patchOutput = patchNetwork(patchInput, patch, narrower);
  const below = layers.model({ inputs: patchInput, outputs: patchOutput });
  if (frozen) {
    below.layers.slice(0, below.layers.length >> 1).forEach((layer) => layer.trainable = false);
  }
  const features = nested ? through(image, below) : patchOutput;
  const probabilities = through(
    topBlocks(features, top, narrower),
    layers.layers.globalAveragePooling2d({}),
    layers.layers.dropout({ rate: 0.5 }),
    layers.layers.dense({ units: 2, activation: "softmax" }),
  );
  return layers.model({ inputs: image, outputs: probabilities });
}
