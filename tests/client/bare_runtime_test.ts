import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";

Deno.test("the client needs nothing but what browsers have too, and no permission but the network", async () => {
  await using service = await startEmbedded();
  await registerSample(service.url);
  const module = new URL(`file://${join(PROJECT, "client/mod.ts")}`).href;
  const program = `
    const say = console.log;
    for (const name of ["Deno", "process", "Buffer", "global"]) delete globalThis[name];
    if (typeof Deno !== "undefined") throw new Error("there is still a Deno");
    const { connect } = await import(${JSON.stringify(module)});
    const site = connect({ url: ${JSON.stringify(service.url)} });
    const order = { model: "reference", dataset: "sample", experiment: "bare", bootstrap: false };
    const { id } = await site.evaluations.submit(order);
    for await (const { data } of site.evaluations.events(id)) say(data.status);
    const files = await Promise.all([1, 2].map(() => site.evaluations.predictions(id)));
    const predictions = new File([await files[0].blob()], "predictions.csv");
    say((await site.scores.create({ dataset: "sample", predictions, bootstrap: false })).id.length);
    await files[1].body.cancel();
  `;
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  try {
    const path = join(folder, "bare.js");
    await Deno.writeTextFile(path, program);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-check"],
        ...["--config", join(PROJECT, "deno.json"), `--allow-net=${new URL(service.url).host}`],
        path,
      ],
      stdin: "null",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /^queued\n[^]*succeeded\n36\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
