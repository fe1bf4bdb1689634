import { resolve } from "node:path";

/** What `evaluate` is asked to do; all paths absolute. */
export interface EvaluateArguments {
  readonly model: string;
  readonly experiment: string;
  /** Folder of the images. */
  readonly images: string;
  /** Folder that holds, or will hold, preprocessed images. */
  readonly preprocessed: string;
  /** The data list. */
  readonly dataList: string;
  /** Folder for predictions and plots. */
  readonly results: string;
  readonly device: "gpu" | "cpu";
  readonly gpu: number | number[] | "auto";
  readonly bootstrap: boolean;
}

/** How `evaluate` is called. */
export const EVALUATE_USAGE =
  `usage: deno task evaluate <model_name> <experiment_name> <img_path> <prepr_img_path> \\
         <label_path> <result_path> <gpu|cpu> [<gpu_number>|-] [no_bootstrap]

example: deno task evaluate reference exp1 sample_data/images /tmp/prep sample_data/data.pkl /tmp/out cpu`;

/**
 * Reads the nine positional arguments of the metarepository's `run.sh`, in its order.
 *
 * @param args the command line; on cpu the GPU number may be `-` or left out
 * @throws {SyntaxError} with the usage, when something is missing or unknown
 */
export function readEvaluateArguments(args: readonly string[]): EvaluateArguments {
  const [model, experiment, images, preprocessed, dataList, results, deviceText, ...rest] = args;
  if (!model || !experiment || !images || !preprocessed || !dataList || !results || !deviceText) {
    throw new SyntaxError(
      `Cannot evaluate: ${args.length} arguments where at least 7 are needed\n${EVALUATE_USAGE}`,
    );
  }
  const device = deviceText.toLowerCase();
  if (device !== "gpu" && device !== "cpu") {
    throw new SyntaxError(
      `Cannot evaluate on ${deviceText}: the device is gpu or cpu\n${EVALUATE_USAGE}`,
    );
  }
  const { gpu, bootstrap } = readTail(device, rest);
  return {
    model,
    experiment,
    images: resolve(images),
    preprocessed: resolve(preprocessed),
    dataList: resolve(dataList),
    results: resolve(results),
    device,
    gpu,
    bootstrap,
  };
}

function readTail(
  device: "gpu" | "cpu",
  rest: readonly string[],
): Pick<EvaluateArguments, "gpu" | "bootstrap"> {
  const [gpuText, flag] = isFlag(rest[0]) ? [undefined, rest[0]] : [rest[0], rest[1]];
  if (rest.length > 2) {
    throw new SyntaxError(`Cannot evaluate: too many arguments\n${EVALUATE_USAGE}`);
  }
  // A misspelt one must not quietly become intervals that take an hour, or another GPU.
  if (flag && !isFlag(flag)) {
    throw new SyntaxError(
      `Cannot evaluate: ${JSON.stringify(flag)} is not no_bootstrap\n${EVALUATE_USAGE}`,
    );
  }
  return { gpu: readGpu(device, gpuText), bootstrap: flag?.toLowerCase() !== "no_bootstrap" };
}

function isFlag(text: string | undefined): boolean {
  return text !== undefined && /^(no_)?bootstrap$/i.test(text);
}

function readGpu(device: "gpu" | "cpu", text: string | undefined): EvaluateArguments["gpu"] {
  if (text === undefined || text === "auto" || text === "") return "auto";
  if (device === "cpu" && text === "-") return "auto";
  const indices = text.split(",").map((part) => /^\d{1,4}$/.test(part) ? Number(part) : NaN);
  if (indices.some(Number.isNaN)) {
    throw new SyntaxError(
      `Cannot evaluate: GPU ${JSON.stringify(text)} is no index\n${EVALUATE_USAGE}`,
    );
  }
  if (device === "cpu") return "auto";
  return indices.length === 1 ? indices[0]! : indices;
}
