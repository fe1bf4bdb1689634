import { resolve } from "node:path";
import type { Command } from "../command_line/mod.ts";

export type ImageCommand =
  | { readonly kind: "export"; readonly model: string; readonly path: string }
  | { readonly kind: "import"; readonly path: string };

export const IMAGE: Command<ImageCommand> = {
  name: "image",
  about: "Takes container images to a cluster that has no Docker",
  task: "do that with images",
  hasJson: true,
  forms: [
    {
      word: "export",
      positionals: [
        { name: "model", about: "whose image to write; it is built where it is missing" },
        { name: "file.tar", about: "what to write" },
      ],
      options: {},
    },
    {
      word: "import",
      positionals: [{ name: "file.tar", about: "what export, or docker save, has written" }],
      options: {},
    },
  ],
  notes:
    `Export needs Docker, import Apptainer. Both need the same model folders, users.txt and MAMMOEVAL_BUILD_ARGS,
from which an image's tag follows. Import makes a file <digest>.sif in images/ on the volume; it may be done
while mammoeval runs.`,
  examples: [
    {
      about: "where Docker is, for a cluster with GPUs",
      line: "MAMMOEVAL_BUILD_ARGS=ACCELERATOR=cuda deno task image export nyu_gmic nyu_gmic.tar",
    },
    { about: "on the cluster", line: "deno task image import nyu_gmic.tar" },
  ],
  read({ word, positionals: [first, second] }): ImageCommand {
    return word === "import"
      ? { kind: "import", path: resolve(first!) }
      : { kind: "export", model: first!, path: resolve(second!) };
  },
};
