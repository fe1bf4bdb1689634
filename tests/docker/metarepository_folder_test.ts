import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbedded } from "../support/embedded_service.ts";
import { DEBIAN_IMAGE, engineTest } from "../support/engine.ts";
import { evaluate, logOf, registerSample } from "../support/evaluations.ts";
import { makeToyModel } from "../support/toy_model.ts";

/** A Dockerfile with everything that those of the metarepository rely on. */
const DOCKERFILE = `FROM ${DEBIAN_IMAGE}
ARG GROUPNAME
WORKDIR /build
COPY users.txt create_users.sh ./
RUN ./create_users.sh
RUN mkdir /home/TOY && echo weights of the image >/home/TOY/weights.txt && \\
    chgrp -R \${GROUPNAME} /home/TOY && chmod -R g+rwX /home/TOY && getent group \${GROUPNAME}`;

/** Runs where its files are, by relative names, and keeps preprocessed images for the next run. */
const SCRIPT = String.raw`
DATA_LIST=$1
IMAGES=$2
PREDICTIONS=$3
EXPERIMENT=$4
DEVICE_TYPE=$5
PREPROCESSED=$6
MODEL_INDEX='1'
export PYTHONPATH=$(pwd):$PYTHONPATH
echo "Stage 1: Preprocess"
ls "$PREPROCESSED"
touch "$PREPROCESSED/cropped.png"
echo "Stage 2: Run $MODEL_INDEX of $EXPERIMENT on $DEVICE_TYPE in $(pwd) as $(id -un):$(id -gn) with $(cat weights.txt)"
[ -s "$DATA_LIST" ] || exit 1
echo image_index,benign_pred,malignant_pred,benign_label,malignant_label >"$PREDICTIONS"
for image in "$IMAGES"/*.png; do
  echo "$(basename "$image" .png),0.5,0.25,0,0" >>"$PREDICTIONS"
done`;

await engineTest("a folder made for the metarepository builds and runs as it is", async () => {
  await using model = await makeToyModel({
    dockerfile: DOCKERFILE,
    script: SCRIPT,
    predictPath: "/home/TOY",
    parameters: "MODEL_INDEX='ensemble'\nNOT_IN_THE_SCRIPT=1",
  });
  const users = join(model.root, "users.txt");
  await Deno.writeTextFile(users, "radiology,31000\n\nada,31001\ngrace,31002\n");
  await using service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_MODELS: model.root,
    MAMMOEVAL_USERS: users,
  });
  const { url } = service;
  await registerSample(url);
  const first = await evaluate(url, model.name, { parameters: { MODEL_INDEX: "3 4" } });
  assert.equal(first.status, "succeeded", JSON.stringify(first.error));
  const log = await logOf(url, first.id);
  assert.ok(
    log.includes(
      "Stage 2: Run 3 4 of exp1 on cpu in /home/TOY as ada:radiology with weights of the image",
    ),
    log.join("\n"),
  );
  const second = await evaluate(url, model.name);
  const again = await logOf(url, second.id);
  assert.ok(
    again.includes("cropped.png"),
    "what one run of an experiment keeps, the next one finds",
  );
  assert.ok(again.some((line) => line.startsWith("Stage 2: Run ensemble of exp1")));
  const folder = join(service.home!, "preprocessed", `${model.name}_exp1_preprocessing`);
  const [version] = [...Deno.readDirSync(folder)];
  const { uid, gid } = await Deno.stat(join(folder, version!.name, "cropped.png"));
  assert.deepEqual([uid, gid], [31001, 31000]);
}, { images: [DEBIAN_IMAGE] });
