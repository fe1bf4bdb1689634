import { join } from "node:path";
import type { AttackWorld, Bearer } from "../attack_world.ts";
import { type Attack, formOf, leakOf, type Loot, send } from "../attacks.ts";
import { type ApiDocument, exampleOf, readDocument, textPlaces, withText } from "../document.ts";

/** In every text that is planted: no page of ours has it. */
const MARK = "zq9x";
/** Ends whatever it stands in, and begins an element that nobody knows. */
const MARKUP = `"'\`>--></title></script></style><${MARK} on${MARK}=1 style=x:y>`;
const FORMULAS = [
  "=",
  "+",
  "-",
  "@",
  "\t=",
  "\r=",
  "\n=",
  " =",
  "\uff1d",
  "\uff0b",
  "\uff0d",
  "\uff20",
  "x;=",
  "x\t=",
]
  .map((start) => `${start}${MARK}(1)`);
/** What ends a line, moves a cursor, turns text around or cannot be seen. */
const CONTROLS =
  `${MARK}\r\n{"user":"owner","forged":true}\n\u001b[2J\u009b2J\u0000\u2028\u2029\u202e\u200b\ufeff`;
const PLANTED = [MARKUP, FORMULAS[0]!, CONTROLS];

/**
 * Puts hostile texts wherever a request can carry one, then reads every page, every CSV and the audit log for
 * what came of them.
 */
export async function plantedTexts(world: AttackWorld): Promise<Attack[]> {
  const document = await readDocument(world);
  return [
    ...intoJson(world, document),
    ...intoForms(world, document),
    ...intoFiles(world),
    ...intoHeaders(world),
    { name: "markup on any page", isKey: true, run: () => onPages(world) },
    { name: "formulas in any CSV", isKey: true, run: () => inTables(world, document) },
    { name: "lines and controls in the audit log", isKey: true, run: () => inAudit(world) },
  ];
}

/** It may be taken or refused; it must not break anything, nor come back in a header. */
function judged(loot: Loot): string | null {
  for (const [name, value] of loot.headers) {
    if (value.includes(MARK)) return `it is in the header ${name}`;
  }
  return leakOf(loot);
}

function intoJson(world: AttackWorld, document: ApiDocument): Attack[] {
  const operations = document.operations.filter(({ bodies }) => "application/json" in bodies);
  return operations.flatMap(({ method, path, bodies }) => {
    const schema = bodies["application/json"];
    const base = { ...exampleOf(document, schema), experiment: "texts" };
    return textPlaces(document, schema).flatMap((place) =>
      PLANTED.map((text, index) => ({
        name: `${path} ${place.join(".")} ${index}`,
        run: async (): Promise<string | null> => {
          const door = [method, pathOf(world, path), withText(base, place, text)] as const;
          return judged(await send(world, world.people.owner, door));
        },
      }))
    );
  });
}

function intoForms(world: AttackWorld, document: ApiDocument): Attack[] {
  const operations = document.operations.filter(({ bodies }) => "multipart/form-data" in bodies);
  return operations.flatMap(({ method, path, bodies }) => {
    const places = textPlaces(document, bodies["multipart/form-data"]).filter((place) =>
      place.length === 1
    );
    return places.flatMap((place) =>
      PLANTED.map((text, index) => ({
        name: `${path} part ${place[0]} ${index}`,
        run: async (): Promise<string | null> => {
          const form = formOf({ ...ownScore(), [String(place[0])]: text });
          if (path.endsWith("/datasets")) form.delete("predictions");
          return judged(await send(world, world.people.owner, [method, pathOf(world, path), form]));
        },
      }))
    );
  });
}

function pathOf({ upload }: AttackWorld, path: string): string {
  return path.replace("{id}", upload).replace("{name}", "reference");
}

/** A data list and predictions whose every text is hostile: ids, keys, values, image names, columns. */
function ownScore(): Record<string, File> {
  // What no exam may be called would have all of them go by their places.
  const texts = [...FORMULAS.filter((text) => !/[\t\r\n]/.test(text)), MARKUP];
  const image = (index: number): string => `${"=+-@"[index % 4]}${MARK}${index}`;
  const list = texts.map((text, index) => ({
    exam_id: text.slice(0, 128),
    ...{ "L-CC": [image(index)], "R-CC": [], "L-MLO": [], "R-MLO": [], horizontal_flip: "NO" },
    cancer_label: { left_malignant: index % 2, right_malignant: 0 },
    density: index % 3 === 0 ? MARKUP : FORMULAS[0],
    [MARKUP]: FORMULAS[index % 2],
  }));
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = texts.map((text, index) => `${image(index)},0.${10 + index},${cell(text)}`);
  const csv = `image_index,malignant_pred,${cell(MARKUP)}\n${rows.join("\n")}\n`;
  return {
    data_list: new File([JSON.stringify(list)], "list.json"),
    predictions: new File([csv], "p.csv"),
  };
}

function intoFiles(world: AttackWorld): Attack[] {
  const { owner } = world.people;
  const study = (text: string): string =>
    `case_ID,side,label,Reader01_POM,Reader02_POM,AI_${text.replaceAll(/[",\r\n]/g, "")}_POM\n` +
    Array.from(
      { length: 8 },
      (_, at) =>
        `"${text.replaceAll('"', '""')}${at >> 1}",${at % 2 === 0 ? "l" : "r"},${
          at % 3 === 0 ? 1 : 0
        },0.${at},0.${9 - at},0.5`,
    )
      .join("\n");
  const wait = { prefer: "wait=30" };
  return [
    {
      name: "a score of exams with hostile names, by groups with hostile names",
      isKey: true,
      run: async (): Promise<string | null> => {
        const form = formOf(ownScore());
        form.set("bootstrap", "false");
        form.set("subgroups", JSON.stringify(["density", MARKUP.slice(0, 60)]));
        const first = judged(await send(world, owner, ["POST", "/v1/scores", form]));
        form.delete("subgroups");
        const loot = await send(world, owner, ["POST", "/v1/scores", form]);
        return first ?? judged(loot) ?? (loot.status < 300 ? null : `not taken: ${loot.text}`);
      },
    },
    ...PLANTED.map((text, index) => ({
      name: `a reader study ${index}`,
      run: async (): Promise<string | null> => {
        const form = formOf({ results: new File([study(text)], "r.csv"), name: text });
        form.set("bootstrap", "false");
        return judged(await send(world, owner, ["POST", "/v1/reader-studies", form]));
      },
    })),
    ...PLANTED.map((text, index) => ({
      name: `names of files ${index}`,
      run: async (): Promise<string | null> => {
        const list = new File(["[]"], `${text}.json`);
        const form = formOf({
          name: "files",
          data_list: list,
          images: new File(["x"], `${text}.png`),
        });
        return judged(await send(world, owner, ["POST", "/v1/datasets", form], wait));
      },
    })),
  ];
}

function intoHeaders(world: AttackWorld): Attack[] {
  const names = [
    "x-request-id",
    "user-agent",
    "referer",
    "accept-language",
    "prefer",
    "idempotency-key",
  ];
  return names.flatMap((name) =>
    [MARKUP, FORMULAS[0]!, `${MARK}\u009b2J\u00ff`].map((text, index) => ({
      name: `header ${name} ${index}`,
      run: async (): Promise<string | null> => {
        const door = ["POST", "/v1/evaluations", { model: MARK }] as const;
        return judged(await send(world, world.people.owner, door, { [name]: text }));
      },
    }))
  );
}

async function ids(world: AttackWorld, who: Bearer, path: string): Promise<string[]> {
  const { text } = await send(world, who, ["GET", path]);
  return JSON.parse(text).items.map(({ id, name, dataset }: Record<string, string>) =>
    id ?? dataset ?? name
  );
}

/** Every page that shows what was planted, by the lists of what there is. */
async function pagesOf(world: AttackWorld): Promise<string[]> {
  const { owner } = world.people;
  const each = async (list: string, pages: readonly string[]): Promise<string[]> =>
    (await ids(world, owner, list)).flatMap((id) =>
      pages.map((page) => page + encodeURIComponent(id))
    );
  return [
    "/",
    "/datasets/new",
    "/evaluations/new",
    ...await each("/v1/datasets", ["/datasets/"]),
    ...await each("/v1/evaluations?limit=500", ["/evaluations/"]),
    ...await each("/v1/scores?limit=100", ["/reports/"]),
    ...await each("/v1/leaderboards", ["/leaderboards/"]),
    ...await each("/v1/models", ["/models/"]),
    ...(await ids(world, owner, "/v1/scores?limit=100")).map((id) =>
      `/v1/scores/${id}/report.html`
    ),
  ];
}

async function onPages(world: AttackWorld): Promise<string | null> {
  let shown = 0;
  for (const path of await pagesOf(world)) {
    const { status, text } = await send(world, world.people.owner, ["GET", path], {
      accept: "text/html",
    });
    if (status === 404) continue;
    if (text.includes(MARK)) shown++;
    const odd = foreignMarkup(text);
    if (odd !== null) return `${path}: ${odd}`;
  }
  return shown > 0 ? null : "no page shows what was planted: nothing was attacked";
}

/** An element, attribute or address of an attacker's among a page's tags; text is not looked at. */
export function foreignMarkup(html: string): string | null {
  const bare = html.replaceAll(/<!--.*?-->/gs, "");
  for (
    const [tag, name, rest] of bare.matchAll(/<([a-zA-Z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/g)
  ) {
    const outside = rest!.replaceAll(/"[^"]*"|'[^']*'/g, '""');
    if (name!.toLowerCase().includes(MARK) || outside.includes(MARK)) return tag;
    if (/(?:href|src|action)\s*=\s*["']?\s*(?:javascript|data|vbscript):/i.test(rest!)) return tag;
  }
  return null;
}

const TABLES = ["image", "breast"].flatMap((
  level,
) => [`${level}/samples.csv`, `${level}/curves.csv`]);

async function inTables(world: AttackWorld, { operations }: ApiDocument): Promise<string | null> {
  const { owner } = world.people;
  const scores = await ids(world, owner, "/v1/scores?limit=100");
  const boards = await ids(world, owner, "/v1/leaderboards");
  const files = operations.filter(({ method, answers }) =>
    method === "GET" && answers.includes("text/csv")
  );
  let shown = 0;
  for (const { path } of files) {
    const known = path.includes("evaluations")
      ? [world.evaluation]
      : path.includes("{dataset}")
      ? boards
      : scores;
    for (const id of known) {
      for (const file of path.includes("{file}") ? TABLES : [""]) {
        const asked = path.replace(/\{(?:id|dataset)\}/, id).replace("{level}/{file}", file);
        const { text } = await send(world, owner, ["GET", asked], { accept: "text/csv" });
        if (text.includes(MARK)) shown++;
        const formula = /(?:^|[,;\t\r\n])"?[^\S\r\n]*[-=+@\uff0b\uff0d\uff1d\uff20]zq9x/.exec(text);
        if (formula !== null) return `${asked}: ${JSON.stringify(formula[0])}`;
      }
    }
  }
  return shown > 0 ? null : "no table shows what was planted: nothing was attacked";
}

async function inAudit(world: AttackWorld): Promise<string | null> {
  for (const text of [CONTROLS, "\u2028", "\u009b2J", "\u202e"]) {
    await send(world, world.people.eve, ["DELETE", `/v1/datasets/${encodeURIComponent(text)}`]);
  }
  const log = await Deno.readTextFile(join(world.home, "access", "audit.jsonl"));
  const odd = /[^ -~\n]/u.exec(log.replaceAll(/\p{L}/gu, ""));
  if (odd !== null) return `the audit log has ${JSON.stringify(odd[0])}`;
  const forged = log.trimEnd().split("\n").map((line) => JSON.parse(line)).find((entry) =>
    entry.forged
  );
  return forged === undefined ? null : "a line was forged";
}
