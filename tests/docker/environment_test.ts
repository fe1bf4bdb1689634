import assert from "node:assert/strict";
import { startEmbedded } from "../support/embedded_service.ts";
import { engineTest, TINY_IMAGE } from "../support/engine.ts";
import { evaluate, logOf, registerSample } from "../support/evaluations.ts";
import { GOOD_ROWS, makeToyModel } from "../support/toy_model.ts";

/** What predict.sh prints of its surroundings, a line each. */
const LOOK_AROUND = String.raw`
for folder in "$HOME" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$MPLCONFIGDIR" "$NUMBA_CACHE_DIR"; do
  if touch "$folder/x" 2>/dev/null; then echo "can write"; else echo "cannot write $folder"; fi
done
echo "torch $TORCH_HOME"
echo "home $HOME"
echo "locale $LC_ALL $LANG"
echo "python $PYTHONUNBUFFERED"
echo "user $USER"
echo "gpus $NVIDIA_VISIBLE_DEVICES"
echo "resolver $(cat /etc/resolv.conf)"
echo "shm $(df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2)"
${GOOD_ROWS}`;

const CASES: readonly {
  name: string;
  steps: string;
  home: string;
  torch: string;
  locale: string;
}[] = [
  {
    name: "an image that says nothing",
    steps: "",
    home: "/tmp",
    torch: "/tmp/.cache/torch",
    locale: "C.UTF-8 C.UTF-8",
  },
  {
    name: "an image whose home is root's, with weights of its own",
    steps: "RUN mkdir -p /root && chmod 700 /root\nENV HOME=/root TORCH_HOME=/opt/weights LANG=C",
    home: "/tmp",
    torch: "/opt/weights",
    locale: "C.UTF-8 C.UTF-8",
  },
  {
    name: "an image whose home can be written",
    steps: "RUN mkdir -p /home/ada && chmod 777 /home/ada\nENV HOME=/home/ada LANG=de_DE.UTF-8",
    home: "/home/ada",
    torch: "/home/ada/.cache/torch",
    locale: " de_DE.UTF-8",
  },
];

for (const { name, steps, home, torch, locale } of CASES) {
  await engineTest(`what a run finds around it: ${name}`, async () => {
    await using model = await makeToyModel({
      dockerfile: `FROM ${TINY_IMAGE}\n${steps}`,
      script: LOOK_AROUND,
    });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_MEMORY: "400m",
      MAMMOEVAL_SHM_PERCENT: "25",
      MAMMOEVAL_DISK_FREE: "1k",
    });
    await registerSample(service.url);
    const { id, status, error } = await evaluate(service.url, model.name);
    assert.equal(status, "succeeded", JSON.stringify(error));
    const said = (await logOf(service.url, id)).filter((line) => !line.startsWith("[mammoeval]"));
    assert.deepEqual(said.slice(-13), [
      ...Array(5).fill("can write"),
      `torch ${torch}`,
      `home ${home}`,
      `locale ${locale}`,
      "python 1",
      "user mammoeval",
      "gpus void",
      "resolver ",
      `shm ${100 * 1024}`,
    ]);
  });
}
