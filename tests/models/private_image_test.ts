import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbedded } from "../support/embedded_service.ts";
import { docker, engineTest, runDocker, TINY_IMAGE } from "../support/engine.ts";
import { registerSample } from "../support/evaluations.ts";
import { assertProblem, sendJson } from "../support/http.ts";

/** An image that its author has built themselves: run by digest, listed nowhere. */

/** Builds an image that holds its predict.sh; gives its id. */
async function buildPrivate(tag: string): Promise<string> {
  const context = await Deno.makeTempDir({ prefix: "mammoeval-private-" });
  try {
    await Deno.writeTextFile(
      join(context, "predict.sh"),
      "echo left_malignant,right_malignant >$3\n" +
        'for exam in 1 2 3 4; do echo "0.1,0.$exam" >>$3; done\n',
    );
    const dockerfile =
      `FROM ${TINY_IMAGE}\nENV FOR=${tag}\nCOPY predict.sh /opt/model/predict.sh\n`;
    await Deno.writeTextFile(join(context, "Dockerfile"), dockerfile);
    await docker("build", "--quiet", "--tag", tag, context);
  } finally {
    await Deno.remove(context, { recursive: true });
  }
  return await docker("image", "inspect", "--format", "{{.Id}}", tag);
}

await engineTest("a private image runs by digest and is not listed", async (t) => {
  const tag = `mammoeval-test/private:${crypto.randomUUID().slice(0, 8)}`;
  const image = await buildPrivate(tag);
  try {
    await using service = await startEmbedded({ MAMMOEVAL_EXECUTOR: "docker" });
    await registerSample(service.url);
    const evaluate = (model: unknown, more = {}): ReturnType<typeof sendJson> =>
      sendJson(`${service.url}/v1/evaluations`, "POST", {
        ...{ model, experiment: "exp1", dataset: "sample", bootstrap: false },
        ...more,
      }, { prefer: "wait=120" });
    const model = { image, level: "breast", predict_path: "/opt/model" };

    await t.step("it runs, and its score does not tell where it comes from", async () => {
      const { body } = await evaluate(model);
      assert.equal(body.status, "succeeded", JSON.stringify(body.error));
      assert.equal(body.model, `private-${image.slice("sha256:".length).slice(0, 12)}`);
      assert.equal(body.provenance.image.digest, image);
      assert.equal(body.provenance.image.tag, body.model);
      const score = await sendJson(`${service.url}${body.score}`, "GET");
      assert.equal(score.body.levels.breast.count, 8);
      const digest = image.slice("sha256:".length);
      assert.ok(!JSON.stringify(score.body).includes(digest), "or anybody could run it");
    });

    await t.step("it is no model of the site", async () => {
      const { body } = await sendJson(`${service.url}/v1/models`, "GET");
      assert.ok(body.items.every(({ name }: { name: string }) => !name.startsWith("private")));
    });

    await t.step(
      "what is not there, may not be pulled or has parameters is refused",
      async () => {
        const gone = await evaluate({ ...model, image: `sha256:${"0".repeat(64)}` });
        assert.equal(gone.body.error.type, "image_missing");
        const pulled = await evaluate({ ...model, image: `registry/x@${image}` });
        assertProblem(pulled, 422, "invalid_model");
        const parameters = await evaluate(model, { parameters: { SCORE: "1" } });
        assertProblem(parameters, 422, "invalid_parameters");
        const untagged = await evaluate({ ...model, image: "registry/x:latest" });
        assertProblem(untagged, 400, "invalid_request");
      },
    );
  } finally {
    await runDocker(["image", "rm", "--force", tag]);
  }
}, { images: [TINY_IMAGE] });
