import assert from "node:assert/strict";
import { apptainerTest, ordinaryUser, startApptainerSite } from "../support/apptainer.ts";
import { TINY_IMAGE } from "../support/engine.ts";
import { evaluate, logOf, registerSample } from "../support/evaluations.ts";
import { GOOD_ROWS, makeToyModel } from "../support/toy_model.ts";

/** What a container can find out about itself, one `name=value` a line. */
const LOOK_AROUND = String.raw`
say() { echo "$1=$2"; }
may() { if (eval "$2") 2>/dev/null; then say "$1" yes; else say "$1" no; fi; }
say user "$(id -u)"
say interfaces "$(sed -n 's/^ *\([a-z0-9]*\):.*/\1/p' /proc/net/dev | tr '\n' ' ')"
say capabilities "$(sed -n 's/^CapEff:\t*//p' /proc/self/status)"
say bounding "$(sed -n 's/^CapBnd:\t*//p' /proc/self/status)"
say no_new_privileges "$(sed -n 's/^NoNewPrivs:\t*//p' /proc/self/status)"
say name_servers "$(cat /etc/resolv.conf)"
say secret "$MAMMOEVAL_TEST_SECRET$APPTAINER_TEST_SECRET"
say toy "$TOY"
say processes_seen "$(ls -d /proc/[0-9]* | wc -l | awk '{ print ($1 < 20) ? "few" : "many" }')"
may write_images 'echo x >/home/images/x'
may write_data_list 'echo x >/home/data.pkl'
may write_script 'echo x >>predict.sh'
may write_beside 'echo x >/home/toy/beside'
may write_tmp 'echo x >/tmp/x'
may write_preprocessed 'echo x >/home/preprocessed_images/x'
may see_host 'ls /work /root/.bashrc'
`;

await apptainerTest(
  "a run in Apptainer has no network, no privileges, nothing of the host, and its predictions are scored",
  async (stack) => {
    const script = [LOOK_AROUND, "printf 'last words'", GOOD_ROWS].join("\n");
    const model = stack.use(await makeToyModel({ script }));
    const site = await startApptainerSite(stack, [model], {
      MAMMOEVAL_TEST_SECRET: "of the service",
      APPTAINERENV_APPTAINER_TEST_SECRET: "of the service",
      APPTAINER_BIND: "/usr/share",
    });
    await registerSample(site.url);

    const missing = await evaluate(site.url, model.name);
    assert.equal(missing.error.type, "image_missing");
    assert.match(missing.error.message, /deno task image export/);

    const printed = await site.bring(model);
    const evaluation = await evaluate(site.url, model.name);
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    assert.ok(printed.endsWith(evaluation.provenance.image.digest), printed);
    assert.equal(evaluation.provenance.executor, "apptainer");
    const lines = await logOf(site.url, evaluation.id);
    assert.ok(lines.includes("last words"), lines.join("\n"));
    const found = Object.fromEntries(
      lines.map((line) => /^(\w+)=(.*)$/.exec(line)).filter((match) => match !== null)
        .map(([, name, value]) => [name, value!.trim()]),
    );
    assert.deepEqual(found, {
      user: String(ordinaryUser()),
      interfaces: "lo",
      capabilities: "0000000000000000",
      bounding: "0000000000000000",
      no_new_privileges: "1",
      name_servers: "",
      secret: "",
      toy: model.name,
      processes_seen: "few",
      write_images: "no",
      write_data_list: "no",
      write_script: "no",
      write_beside: "yes",
      write_tmp: "yes",
      write_preprocessed: "yes",
      see_host: "no",
    });
    // What the container wrote over its image goes with the run.
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${site.home}/work`)), []);
  },
);

await apptainerTest(
  "an image without bash, or with that of another processor, is named; a model's own last words stay its own",
  async (stack) => {
    const foreign = String
      .raw`RUN printf '\177ELF\002\001\001' >/bash && chmod 755 /bash && mv /bash /bin/bash`;
    const made = await Promise.all([
      makeToyModel({ dockerfile: `FROM ${TINY_IMAGE}\nRUN rm /bin/bash`, script: GOOD_ROWS }),
      makeToyModel({ dockerfile: `FROM ${TINY_IMAGE}\n${foreign}`, script: GOOD_ROWS }),
      makeToyModel({ script: "echo begun\nprintf 'FATAL:   no weights' >&2\nexit 255" }),
    ]);
    const [bare, other, fatal] = made.map((model) => stack.use(model)) as typeof made;
    const site = await startApptainerSite(stack, made);
    await registerSample(site.url);
    for (
      const [model, message] of [
        [bare!, /has no bash/],
        [other!, /a different processor architecture/],
        [fatal!, /^predict\.sh ended with exit code 255/],
      ] as const
    ) {
      await site.bring(model);
      const { error, provenance } = await evaluate(site.url, model.name);
      assert.equal(error.type, "container_failed");
      assert.match(`${error.message}\n${error.log_tail.join("\n")}`, message);
      assert.equal(provenance.attempt, 1);
    }
  },
);
