import { PROJECT } from "../../support/embedded_service.ts";
import type { AttackWorld } from "../attack_world.ts";
import { type Attack, formOf, leakOf, refused, send } from "../attacks.ts";

/** Look like `sample`, or like nothing, and are something else. */
const DECEIVING = [
  ...["sam\u200bple", "sample\u200d", "sam\ufeffple", "sam\u00adple", "sample\u2060", "\u2063"],
  ...["\u202eelpmas", "sample\u202e", "\u2067sample\u2069", "sample\u200f", "sample\u061c"],
  ...["sample\u0000", "sam\nple", "sam\u0085ple", "sam\u2028ple", "sam\u001b[2Jple"],
  ...["sample\u{e0041}", "sample\u{e007f}"],
];
/** Names for people that may be taken, but never for the one that is there. */
const TWINS = [
  ...[
    "SAMPLE",
    "Sample",
    "sample ",
    " sample",
    "sample.",
    "s\u0430mple",
    "samp\u04cfe",
    "\uff53ample",
  ],
  ...[
    "s\u00e4mple",
    "sa\u0308mple",
    "\u017fample",
    "sample\u0301",
    "CON",
    "nul.txt",
    "COM1",
    "a".repeat(200),
  ],
  ...["sample", "sample:x", "sample/..", "..", ".", "~", "-rf", "*", "sample%2f", "sample\\x"],
];

/** Names that deceive readers, or whatever makes folders of them. */
export function nameAttacks(world: AttackWorld): Attack[] {
  const { owner } = world.people;
  const list = new File(["[]"], "list.json");
  const order = { model: "reference", experiment: "names", dataset: "sample", bootstrap: false };
  const register = (name: string): Record<string, string> => ({
    name,
    images: `${PROJECT}sample_data/images`,
    data_list: `${PROJECT}sample_data/data.json`,
  });
  return [
    ...DECEIVING.flatMap((name) => [
      {
        name: `dataset ${JSON.stringify(name)}`,
        run: async () =>
          refused(await send(world, owner, ["POST", "/v1/datasets", register(name)])),
      },
      {
        name: `upload ${JSON.stringify(name)}`,
        run: async () => {
          const images = new File(["x"], "a.png");
          const form = formOf({ name, data_list: list, images });
          return refused(await send(world, owner, ["POST", "/v1/datasets", form]), 400);
        },
      },
    ]),
    ...[...DECEIVING, ...TWINS.filter((name) => !/^[\w.-]+$/.test(name) || name.startsWith("."))]
      .flatMap((name) =>
        ["model", "experiment", "dataset"].map((field) => ({
          name: `${field} ${JSON.stringify(name)}`,
          run: async () =>
            refused(
              await send(world, owner, ["POST", "/v1/evaluations", { ...order, [field]: name }]),
            ),
        }))
      ),
    ...TWINS.map((name) => ({
      name: `dataset ${JSON.stringify(name)} for another`,
      run: () => anotherOne(world, register(name)),
    })),
  ];
}

/** What is taken gets an id of its own, in letters that cannot be mistaken; what was there stays. */
async function anotherOne(
  world: AttackWorld,
  body: Record<string, string>,
): Promise<string | null> {
  const { owner } = world.people;
  const before = await send(world, owner, ["GET", "/v1/datasets/sample"]);
  const loot = await send(world, owner, ["POST", "/v1/datasets", body]);
  const after = await send(world, owner, ["GET", "/v1/datasets/sample"]);
  if (before.text !== after.text) return "sample was changed";
  const leak = leakOf(loot);
  if (leak !== null || loot.status >= 400) return leak;
  const { id } = JSON.parse(loot.text);
  // The same name but for blanks at its ends, and the same content: the dataset that is there.
  if (loot.status === 200 && id === "sample" && body["name"]!.trim() === "sample") return null;
  if (id === "sample" || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) return `it is called ${id}`;
  return null;
}
