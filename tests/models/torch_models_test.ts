import assert from "node:assert/strict";
import { join } from "node:path";
import {
  containerArguments,
  containerName,
} from "../../services/inference/engine/docker_arguments.ts";
import { checkPredictions } from "../../services/inference/workspace/list_tasks.ts";
import { keepOutputs, type KeptOutputs } from "../../services/inference/workspace/keep_outputs.ts";
import { makeJob } from "../support/inference/values.ts";
import {
  parseConfig,
  readDataList,
  readPngHeader,
  setParameters,
} from "../../shared/format/mod.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { docker, engineTest } from "../support/engine.ts";
import {
  build,
  buildArguments,
  type Ended,
  ran,
  serveStandIns,
  type StandIns,
  TORCH_BASE,
} from "./torch_base.ts";

/**
 * Each torch model from its Dockerfile to its predictions, with stand-ins for the upstream code and the
 * weights: the container gets what it gets in service, and no more.
 */

const SAMPLE = join(PROJECT, "sample_data");
const SAMPLE_IMAGES = 16;
const RUNNER = { uid: 10_001, gid: 10_001 };

/** What a run leaves. */
interface Left extends Ended {
  readonly predictions: string | null;
  /** What the service would keep besides. */
  readonly outputs: KeptOutputs;
}

/** How a run differs from the usual one on the sample data. */
interface Variation {
  readonly parameters?: Record<string, string>;
  readonly device?: "gpu" | "cpu";
  /** Folder of images and data list in it, instead of sample_data's. */
  readonly data?: { readonly images: string; readonly list: string };
}

/** Runs a model as the service does: read-only root, no network, a user without a name. */
async function predict(model: string, image: string, variation: Variation = {}): Promise<Left> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-torch-" });
  const id = crypto.randomUUID();
  try {
    const source = join(PROJECT, "models", model);
    const { predictPath } = parseConfig(await Deno.readTextFile(join(source, "config.txt")));
    const script = await Deno.readTextFile(join(source, "predict/predict.sh"));
    const parameters = { NUM_PROCESSES: "2", ...variation.parameters };
    const set = Object.entries(parameters).filter(([name]) => script.includes(`\n${name}=`));
    await Deno.mkdir(join(folder, "predict"));
    const mounts = [];
    for await (const { name } of Deno.readDir(join(source, "predict"))) {
      if (name.endsWith("_test.py")) continue;
      const copy = join(folder, "predict", name);
      await Deno.copyFile(join(source, "predict", name), copy);
      mounts.push({ source: copy, target: join(predictPath, name), readOnly: true });
    }
    await Deno.writeTextFile(
      join(folder, "predict/predict.sh"),
      setParameters(script, new Map(set)),
    );
    await Deno.mkdir(join(folder, "kept"));
    for (const writable of ["predictions", "preprocessed"]) {
      await Deno.mkdir(join(folder, writable));
      await Deno.chmod(join(folder, writable), 0o777);
    }
    await Deno.chmod(folder, 0o755);
    const device = variation.device ?? "cpu";
    const job = makeJob({
      id,
      model,
      image,
      mounts: [
        {
          source: variation.data?.images ?? join(SAMPLE, "images"),
          target: "/home/images",
          readOnly: true,
        },
        {
          source: variation.data?.list ?? join(SAMPLE, "data.pkl"),
          target: "/home/data.pkl",
          readOnly: true,
        },
        { source: join(folder, "predictions"), target: "/home/predictions", readOnly: false },
        {
          source: join(folder, "preprocessed"),
          target: "/home/preprocessed_images",
          readOnly: false,
        },
        ...mounts,
      ],
      workingFolder: predictPath,
      arguments: [
        ...[
          "predict.sh",
          "/home/data.pkl",
          "/home/images",
          `/home/predictions/${model}_exp_predictions.csv`,
          "exp",
          device,
        ],
        "/home/preprocessed_images",
      ],
      user: RUNNER,
      readOnlyRoot: true,
      limits: { ...makeJob().limits, memory: "4g" },
    });
    await docker("run", "--detach", ...containerArguments(job));
    const code = Number(await docker("wait", containerName(id)));
    const { text } = await ran(
      "logs",
      containerName(id),
    );
    const written = join(folder, "predictions");
    const predictions = await Deno.readTextFile(join(written, `${model}_exp_predictions.csv`))
      .catch(() => null);
    const imageNotes = join(folder, "images.jsonl");
    await noteSizes(variation.data?.images ?? join(SAMPLE, "images"), imageNotes);
    const outputs = await keepOutputs(
      ["lesions", "saliency_maps"],
      readDataList(await Deno.readFile(variation.data?.list ?? join(SAMPLE, "data.pkl")), "pkl")
        .exams,
      {
        left: written,
        imageNotes,
        files: {
          lesions: join(folder, `kept/${model}_exp_lesions.csv`),
          saliencyMaps: join(folder, "kept/saliency_maps"),
        },
      },
    );
    return { code, text, predictions, outputs };
  } finally {
    await ran(
      "rm",
      "--force",
      containerName(id),
    );
    await Deno.remove(folder, { recursive: true });
  }
}

/** Notes sizes of images as registration does. */
async function noteSizes(images: string, path: string, below = ""): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(join(images, below))) {
    const file = join(below, name);
    if (isDirectory) await noteSizes(images, path, file);
    if (!name.endsWith(".png")) continue;
    const { width, height } = readPngHeader(await Deno.readFile(join(images, file)));
    const note = { image: file.slice(0, -".png".length), width, height };
    await Deno.writeTextFile(path, JSON.stringify(note) + "\n", { append: true });
  }
}

/** The faults of predictions, and the header of their file. */
async function examined(left: Left): Promise<{ header: string; errors: readonly unknown[] }> {
  assert.equal(left.code, 0, left.text);
  const exams = readDataList(await Deno.readFile(join(SAMPLE, "data.pkl")), "pkl").exams;
  const { errors } = checkPredictions(left.predictions!, exams);
  return { header: left.predictions!.split("\n")[0]!, errors };
}

/** A dataset of one exam with what models stumble over; made from the sample's first images. */
async function withData(
  exam: Record<string, unknown>,
  blank: readonly string[],
  test: (data: NonNullable<Variation["data"]>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-odd-" });
  try {
    await Deno.chmod(folder, 0o755);
    await docker(
      ...[
        "run",
        "--rm",
        "--network",
        "none",
        "--user",
        `${Deno.uid()}:${Deno.gid()}`,
      ],
      ...[
        "--volume",
        `${folder}:/odd`,
        "--volume",
        `${SAMPLE}:/sample:ro`,
        TORCH_BASE,
        "python3",
        "-c",
      ],
      [
        "import json, os, pickle, sys, cv2",
        "exam, blank = json.loads(sys.argv[1]), json.loads(sys.argv[2])",
        "kept = pickle.load(open('/sample/data.pkl', 'rb'))[0]",
        "image = cv2.imread('/sample/images/' + kept['L-CC'][0] + '.png', cv2.IMREAD_UNCHANGED)",
        "names = [name for view in ('L-CC', 'R-CC', 'L-MLO', 'R-MLO') for name in exam.get(view, [])]",
        "for name in names:",
        "    os.makedirs(os.path.dirname('/odd/' + name) or '/odd', exist_ok=True)",
        "    cv2.imwrite('/odd/' + name + '.png', image * (name not in blank))",
        "pickle.dump([exam], open('/odd/data.pkl', 'wb'), protocol=4)",
      ].join("\n"),
      JSON.stringify(exam),
      JSON.stringify(blank),
    );
    await test({ images: folder, list: join(folder, "data.pkl") });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ODD_EXAM = {
  "L-CC": ["sub/a", "sub/b"],
  "R-CC": [],
  "L-MLO": ["c"],
  "R-MLO": [],
  cancer_label: { left_malignant: 0, right_malignant: 0 },
  horizontal_flip: "NO",
  best_center: { "L-CC": [[1, 2]] },
};

function imagesIn(predictions: string): string[] {
  const [header, ...rows] = predictions.trim().split("\n");
  const column = header!.split(",").indexOf("image_index");
  return rows.map((row) => row.split(",")[column]!).sort();
}

/** Images by the model's name. */
type Images = ReadonlyMap<string, string>;

const MODELS = ["nyu_gmic", "nyu_glam", "nyu_model", "nyu_model_single", "end2end", "frcnn_cad"];
const GMIC_HEADER = "image_index,benign_pred,malignant_pred,benign_label,malignant_label";
const BREAST_HEADER = "left_benign,right_benign,left_malignant,right_malignant";
const PLAIN_HEADER = "image_index,malignant_pred,malignant_label";

/**
 * Models with parameters that lead through all of their steps, and the header of what they write.
 * frcnn_cad, which takes seconds for an image, has its turn with fewer of them below.
 */
const PIPELINES: readonly (readonly [string, Record<string, string>, string])[] = [
  ["nyu_gmic", { MODEL_INDEX: "ensemble", SALIENCY: "true" }, GMIC_HEADER],
  ["nyu_glam", { MODEL_NAME: "model_sep", SALIENCY: "True" }, GMIC_HEADER],
  ["nyu_model", {}, BREAST_HEADER],
  ["nyu_model", { USE_HEATMAPS: "True", NUM_EPOCHS: "2" }, BREAST_HEADER],
  ["nyu_model_single", {}, PLAIN_HEADER],
  ["nyu_model_single", { USE_HEATMAPS: "True" }, PLAIN_HEADER],
  ["end2end", { MODEL: "inbreast_vgg16_[512-512-1024]x2_hybrid.h5" }, PLAIN_HEADER],
];

/** Python tests beside the models' sources, inside the image whose libraries count. */
async function ownTests(): Promise<void> {
  const folders = { torch_base: ".", end2end: "predict", frcnn_cad: "predict" };
  for (const [folder, path] of Object.entries(folders)) {
    const source = join(PROJECT, "models", folder);
    const { code, text } = await ran(
      ...["run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp"],
      ...["--user", "10001:10001", "--volume", `${source}:/model:ro`, "--workdir", "/model"],
      ...["--env", `PYTHONPATH=/model/${path}:/opt/mammoeval`, TORCH_BASE],
      ...["python3", "-m", "unittest", "discover", "-s", path, "-p", "*_test.py"],
    );
    assert.equal(code, 0, text);
    assert.match(text, /Ran [1-9]\d* tests/);
  }
}

/** Processes are capped to the container's share, and 0.5 of a core is one. */
async function cappedProcesses(): Promise<void> {
  const steps = ". /opt/mammoeval/steps.sh; capped 10; capped 1; echo $OMP_NUM_THREADS";
  for (const [share, most] of [["1", "1"], ["0.5", "1"], ["1.5", "2"]]) {
    const mounted = `${join(PROJECT, "models/torch_base/steps.sh")}:/opt/mammoeval/steps.sh:ro`;
    const { text } = await ran(
      ...["run", "--rm", "--network", "none", "--env", `MAMMOEVAL_CPUS=${share}`],
      ...["--volume", mounted, TORCH_BASE, "bash", "-c", steps],
    );
    const cores = Math.min(Number(most), navigator.hardwareConcurrency);
    assert.deepEqual(text.trim().split("\n"), [`${cores}`, "1", `${cores}`], text);
  }
}

async function pipelines(t: Deno.TestContext, images: Images): Promise<void> {
  for (const [model, parameters, header] of PIPELINES) {
    await t.step(`${model} ${JSON.stringify(parameters)} runs its whole pipeline`, async () => {
      const left = await predict(model, images.get(model)!, { parameters });
      assert.deepEqual(await examined(left), { header, errors: [] });
      assert.deepEqual(
        left.outputs,
        "SALIENCY" in parameters ? { saliency_maps: { count: 2 * SAMPLE_IMAGES } } : {},
      );
      const told = /mammoeval: (source|weights) \S+/.exec(left.text);
      assert.ok(told !== null, "the log says what the image was made from");
      // Nobody publishes checksums of what is fetched by URL.
      if (told[1] === "weights") assert.match(left.text, /sha256:[0-9a-f]{64} unverified/);
    });
  }
}

async function oddData(t: Deno.TestContext, images: Images): Promise<void> {
  await t.step("views without images, several of a view, a list of an earlier run", async () => {
    await withData(ODD_EXAM, [], async (data) => {
      for (const model of MODELS.filter((name) => name !== "nyu_model")) {
        const left = await predict(model, images.get(model)!, { data });
        assert.equal(left.code, 0, left.text);
        assert.deepEqual(imagesIn(left.predictions!), ["c", "sub/a", "sub/b"], model);
        if (model !== "frcnn_cad") continue;
        assert.ok(left.outputs.lesions!.count >= 3);
        assert.equal(left.outputs.refused, undefined);
      }
    });
  });

  await t.step("an image that cannot be cropped ends the run and is named", async () => {
    await withData({ ...ODD_EXAM, "L-MLO": ["bad"] }, ["bad"], async (data) => {
      for (const model of ["nyu_gmic", "nyu_model_single"]) {
        const left = await predict(model, images.get(model)!, { data });
        assert.equal(left.code, 1, left.text);
        assert.match(left.text, /mammoeval: error: container_failed: .*1 .*images: bad \(/);
        assert.match(left.text, /mammoeval: failed step: /);
      }
    });
  });

  await t.step("an exam without all views is refused by the model that needs them", async () => {
    await withData(ODD_EXAM, [], async (data) => {
      const left = await predict("nyu_model", images.get("nyu_model")!, { data });
      assert.equal(left.code, 1);
      assert.match(left.text, /needs all four views: exam 0 has no R-CC, R-MLO/);
    });
  });
}

async function refusals(t: Deno.TestContext, images: Images): Promise<void> {
  const gmic = images.get("nyu_gmic")!;
  await t.step("gpu in an image for cpu is refused before anything is done", async () => {
    // The job is one for cpu but for its argument: this engine may have no GPU to give.
    const left = await predict("nyu_gmic", gmic, { device: "gpu" });
    assert.equal(left.code, 1);
    assert.match(left.text, /mammoeval: error: gpu_unavailable: this image was built for cpu/);
    assert.doesNotMatch(left.text, /crop the mammograms/);
  });

  await t.step("odd parameters are refused", async () => {
    for (const parameters of [{ MODEL_INDEX: "6" }, { NUM_PROCESSES: "many" }]) {
      const left = await predict("nyu_gmic", gmic, { parameters });
      assert.equal(left.code, 1);
      const [[name, value]] = Object.entries(parameters) as [[string, string]];
      assert.ok(left.text.includes(`mammoeval: error: container_failed: ${name}=${value} is no`));
    }
  });
}

/** What is fetched must be what was named. */
async function wrongSources(standIns: StandIns): Promise<void> {
  const commit = await build("nyu_gmic", {
    ...buildArguments("nyu_gmic", standIns),
    GMIC_COMMIT: "0".repeat(40),
  });
  assert.notEqual(commit.code, 0);
  const checksum = await build("frcnn_cad", {
    ...buildArguments("frcnn_cad", standIns),
    FRCNN_CAD_SHA256: "0".repeat(64),
  });
  assert.notEqual(checksum.code, 0);
  assert.match(checksum.text, /has sha256 [0-9a-f]{64} instead of 0{64}/);
  const page = await build("end2end", { DDSM_RESNET50_URL: `${standIns.files}/commits.txt` });
  assert.notEqual(page.code, 0);
  assert.match(page.text, /gave something else than weights/);
}

await engineTest("the torch models", async (t) => {
  await using standIns = await serveStandIns();
  const images = new Map<string, string>();
  try {
    await t.step("adaptations and readers, by their own tests", ownTests);
    await t.step("no more processes than cores", cappedProcesses);
    for (const model of MODELS) {
      await t.step(`${model} builds`, async () => {
        const { code, text, tag } = await build(model, buildArguments(model, standIns));
        assert.equal(code, 0, text);
        images.set(model, tag);
      });
    }
    await pipelines(t, images);
    await oddData(t, images);
    await refusals(t, images);
    await t.step(
      "a wrong commit or checksum, or a page instead of weights, stops the build",
      () => wrongSources(standIns),
    );
  } finally {
    for (const tag of images.values()) await ran("image", "rm", "--force", tag);
  }
}, { images: [TORCH_BASE] });
