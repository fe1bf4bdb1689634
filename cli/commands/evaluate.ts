import { resolve } from "node:path";
import { type Command, didYouMean, EXIT } from "../command_line/mod.ts";

export interface EvaluateArguments {
  readonly model: string;
  readonly experiment: string;
  readonly images: string;
  /** Folder for preprocessed images, old and new. */
  readonly preprocessed: string;
  readonly dataList: string;
  /** Folder for predictions and plots. */
  readonly results: string;
  readonly device: "gpu" | "cpu";
  readonly gpu: number | number[] | "auto";
  readonly bootstrap: boolean;
}

/** `deno task evaluate`: the nine positional arguments of the metarepository's `run.sh`, in its order. */
export const EVALUATE: Command<EvaluateArguments> = {
  name: "evaluate",
  about: "Evaluates a model on your data, with the nine arguments of the metarepository's run.sh",
  task: "evaluate",
  hasJson: true,
  forms: [{
    positionals: [
      { name: "model_name", about: "a folder under models/ or under one of MAMMOEVAL_MODELS" },
      { name: "experiment_name", about: "any name; results and preprocessed images carry it" },
      { name: "img_path", about: "folder of the images, 16-bit greyscale PNG" },
      { name: "prepr_img_path", about: "folder for preprocessed images, made when missing" },
      { name: "label_path", about: "data list with views and labels: .pkl, .json or .csv" },
      { name: "result_path", about: "folder for predictions, plots and report, made when missing" },
      { name: "device", about: "gpu or cpu" },
      {
        name: "gpu_number",
        about: "index of the GPU, several with commas, or auto; - or nothing on cpu",
        optional: true,
      },
      { name: "bootstrap_flag", about: "no_bootstrap leaves the intervals out", optional: true },
    ],
    options: {},
  }],
  notes:
    `Metrics and the places of all files go to standard output, progress and faults to standard error.

Ctrl-C cancels the evaluation, also on a service that MAMMOEVAL_URL names, waits for its end, and ends
with ${EXIT.interrupted}. A second Ctrl-C leaves at once. A lost connection or a closed terminal cancels nothing: a
running service goes on, and what ran in this process is taken up again at the next start.`,
  examples: [
    {
      about: "the reference model on the sample data; needs neither Docker nor a GPU",
      line: "deno task evaluate reference exp1 sample_data/images /tmp/prep sample_data/data.pkl " +
        "/tmp/out cpu",
    },
    {
      about: "without intervals, everything about it as one JSON document",
      line: "deno task --quiet evaluate reference exp1 sample_data/images /tmp/prep " +
        "sample_data/data.pkl /tmp/out cpu - no_bootstrap --json",
    },
    {
      about: "on a service that runs already",
      line: "MAMMOEVAL_URL=http://127.0.0.1:8000 deno task evaluate reference exp1 " +
        "sample_data/images /tmp/prep sample_data/data.pkl /tmp/out cpu",
    },
  ],
  read({ positionals }): EvaluateArguments {
    const [model, experiment, images, preprocessed, dataList, results, deviceText, ...rest] =
      positionals as [string, string, string, string, string, string, string, ...string[]];
    const device = deviceText.toLowerCase();
    if (device !== "gpu" && device !== "cpu") {
      throw new SyntaxError(`the device is gpu or cpu, not ${JSON.stringify(deviceText)}`);
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
  },
};

function readTail(
  device: "gpu" | "cpu",
  rest: readonly string[],
): Pick<EvaluateArguments, "gpu" | "bootstrap"> {
  const [gpuText, flag] = isBootstrapFlag(rest[0]) ? [undefined, rest[0]] : [rest[0], rest[1]];
  if (gpuText === undefined && rest.length > 1) {
    throw new SyntaxError(`${JSON.stringify(rest[1])} is too much behind ${rest[0]}`);
  }
  return { gpu: readGpu(device, gpuText), bootstrap: readBootstrapFlag(flag) };
}

const FLAGS = ["no_bootstrap", "bootstrap"] as const;

function isBootstrapFlag(text: string | undefined): boolean {
  return FLAGS.some((flag) => flag === text?.toLowerCase());
}

/**
 * On by default.
 * @throws {SyntaxError} for any other word: a misspelt one must not start an hour of work
 */
export function readBootstrapFlag(text: string | undefined): boolean {
  if (!text) return true;
  if (isBootstrapFlag(text)) return text.toLowerCase() === "bootstrap";
  throw new SyntaxError(`${JSON.stringify(text)} is not no_bootstrap`);
}

function readGpu(device: "gpu" | "cpu", text: string | undefined): EvaluateArguments["gpu"] {
  if (text === undefined || text === "auto" || text === "") return "auto";
  if (device === "cpu" && text === "-") return "auto";
  const indices = text.split(",").map((part) => /^\d{1,4}$/.test(part) ? Number(part) : NaN);
  if (indices.some(Number.isNaN)) {
    throw new SyntaxError(`GPU ${JSON.stringify(text)} is not an index${didYouMean(text, FLAGS)}`);
  }
  if (device === "cpu") return "auto";
  return indices.length === 1 ? indices[0]! : indices;
}
