import assert from "node:assert/strict";
import { startEmbedded } from "../support/embedded_service.ts";
import { DEBIAN_IMAGE, engineTest, TINY_IMAGE } from "../support/engine.ts";
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
echo "temporary $(mktemp -u)"
echo "python $PYTHONUNBUFFERED"
echo "user $USER"
echo "gpus $NVIDIA_VISIBLE_DEVICES"
echo "resolver $(cat /etc/resolv.conf)"
echo "shm $(df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2)"
${GOOD_ROWS}`;

const CASES: readonly {
  name: string;
  image: string;
  steps: string;
  home: string;
  torch: string;
  locale: string;
}[] = [
  {
    name: "an image that says nothing",
    image: DEBIAN_IMAGE,
    steps: "",
    home: "/tmp",
    torch: "/tmp/.cache/torch",
    locale: "C.UTF-8 C.UTF-8",
  },
  {
    name: "an image whose home is root's, with weights of its own and without the locale",
    image: TINY_IMAGE,
    steps: "RUN mkdir -p /root /opt/weights && chmod 700 /root\n" +
      "ENV HOME=/root TORCH_HOME=/opt/weights LANG=C LC_ALL=POSIX",
    home: "/tmp",
    torch: "/opt/weights",
    locale: " C.UTF-8",
  },
  {
    name: "an image whose folders cannot be written, with weights that can be read in its home",
    image: TINY_IMAGE,
    steps: "RUN mkdir -p /home/ada/.cache/torch /shut && chmod 755 /home/ada && chmod 700 /shut\n" +
      "ENV HOME=/home/ada XDG_CACHE_HOME= XDG_CONFIG_HOME=/shut MPLCONFIGDIR=/shut/a NUMBA_CACHE_DIR=/no TMPDIR=/shut",
    home: "/tmp",
    torch: "/home/ada/.cache/torch",
    locale: " C.UTF-8",
  },
  {
    name: "an image whose weights cannot be read",
    image: TINY_IMAGE,
    steps: "RUN mkdir -p /root/.cache/torch && chmod 700 /root\nENV HOME=/root",
    home: "/tmp",
    torch: "/tmp/.cache/torch",
    locale: " C.UTF-8",
  },
  {
    name: "an image whose home can be written",
    image: TINY_IMAGE,
    steps: "RUN mkdir -p /home/ada && chmod 777 /home/ada\nENV HOME=/home/ada LANG=de_DE.UTF-8",
    home: "/home/ada",
    torch: "/home/ada/.cache/torch",
    locale: " de_DE.UTF-8",
  },
];

for (const { name, image, steps, home, torch, locale } of CASES) {
  await engineTest(`what a run finds around it: ${name}`, async () => {
    await using model = await makeToyModel({
      dockerfile: `FROM ${image}\n${steps}`,
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
    const log = (await logOf(service.url, id)).filter((line) => !line.startsWith("[mammoeval]"));
    assert.deepEqual(log.filter((line) => line.includes("warning")), []);
    const said = log.slice(log.findIndex((line) => line.startsWith("can")));
    assert.deepEqual(said.map((line) => line.replace(/^temporary \/tmp\/.*/, "temporary")), [
      ...Array(5).fill("can write"),
      `torch ${torch}`,
      `home ${home}`,
      `locale ${locale}`,
      "temporary",
      "python 1",
      "user mammoeval",
      "gpus void",
      "resolver ",
      `shm ${100 * 1024}`,
    ]);
  }, { images: [image] });
}
