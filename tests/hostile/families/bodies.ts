import { zip } from "../../support/ingestion/archives.ts";
import type { AttackWorld } from "../attack_world.ts";
import { type Attack, leakOf, PATIENCE_MS, refused, send } from "../attacks.ts";
import { readDocument } from "../document.ts";

/** JSON that takes a careless reader's time, memory or prototype. */
const BOMBS: Readonly<Record<string, string>> = {
  depth: "[".repeat(200_000) + "]".repeat(200_000),
  "depth of objects": '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000),
  "a long number": `{"model":${"9".repeat(500_000)}}`,
  "an exponent": '{"model":"reference","timeout_s":1e999999}',
  prototype: '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}',
  "keys twice": `{"model":"reference","model":"../..","dataset":"sample","experiment":"e"}`,
  "many keys": `{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":0`).join()}}`,
  surrogates: '{"model":"\\ud800","experiment":"\\udfff","dataset":"sample"}',
  "not UTF-8": '{"model":"\u00ff\u00fe"}',
  "a byte order mark": '\ufeff{"model":',
  nothing: "",
  null: "null",
  "a list": "[]",
  "a text": '"x"',
};

const PART = "content-disposition: form-data; name=";
const LIST = `--x\r\n${PART}"data_list"; filename="a.json"\r\n\r\n[]\r\n`;
const END = "--x--\r\n";

/** Forms that no browser sends. */
const FORMS: Readonly<Record<string, readonly [type: string, body: string]>> = {
  "no boundary": ["multipart/form-data", LIST + END],
  "an empty boundary": ["multipart/form-data; boundary=", LIST + END],
  "a boundary of 10,000 characters": [`multipart/form-data; boundary=${"x".repeat(10_000)}`, LIST],
  "another boundary": ["multipart/form-data; boundary=y", LIST + END],
  "no end": ["multipart/form-data; boundary=x", LIST],
  "a part that breaks off": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"data_list"; filename="a.json"\r\n\r\n[`,
  ],
  "no name": [
    "multipart/form-data; boundary=x",
    "--x\r\ncontent-disposition: form-data\r\n\r\nx\r\n" + END,
  ],
  "no headers": ["multipart/form-data; boundary=x", "--x\r\n\r\nx\r\n" + END],
  "thousands of parts": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"name"\r\n\r\nx\r\n`.repeat(5_000) + END,
  ],
  "thousands of files": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"images"; filename="a.png"\r\n\r\nx\r\n`.repeat(2_000) + END,
  ],
  "one list twice": ["multipart/form-data; boundary=x", LIST + LIST + END],
  "a name of a megabyte": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"${"n".repeat(1_000_000)}"\r\n\r\nx\r\n${END}`,
  ],
  "a header of a megabyte": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"name"\r\nx-long: ${"n".repeat(1_000_000)}\r\n\r\nx\r\n${END}`,
  ],
  "a field of a megabyte": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"name"\r\n\r\n${"n".repeat(1_000_000)}\r\n${END}`,
  ],
  "a form in a form": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"images"\r\ncontent-type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nx\r\n--y--\r\n${END}`,
  ],
  "a file name with a line end": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"data_list"; filename="a%0d%0ax: y.json"\r\n\r\n[]\r\n${END}`,
  ],
  "a file name in another encoding": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"data_list"; filename*=utf-16''%ff%fe/etc\r\n\r\n[]\r\n${END}`,
  ],
  "a prototype as a name": [
    "multipart/form-data; boundary=x",
    `--x\r\n${PART}"__proto__"\r\n\r\nx\r\n${END}`,
  ],
};

/** Bodies made to harm, to every operation that takes their kind. */
export async function bodyAttacks(world: AttackWorld): Promise<Attack[]> {
  const { operations } = await readDocument(world);
  const taking = (type: string): [string, string][] =>
    operations.filter(({ bodies }) => type in bodies).map(({ method, path }) => [
      method,
      path.replace("{id}", world.upload).replace("{name}", "reference"),
    ]);
  const { owner } = world.people;
  return [
    ...taking("application/json").flatMap(([method, path]) =>
      Object.entries(BOMBS).map(([name, body]) => ({
        name: `${path}: ${name}`,
        run: async () =>
          refused(
            await send(world, owner, [method, path, body], { "content-type": "application/json" }),
          ),
      }))
    ),
    ...taking("multipart/form-data").flatMap(([method, path]) =>
      Object.entries(FORMS).map(([name, [type, body]]) => ({
        name: `${path}: ${name}`,
        run: async (): Promise<string | null> => {
          const loot = await send(world, owner, [method, path, body], { "content-type": type });
          // Where no part is needed, those that nobody knows say nothing.
          return path.endsWith("/subgroups") ? leakOf(loot) : refused(loot);
        },
      }))
    ),
    ...archiveBombs().map(([name, bytes]) => ({
      name: `archive: ${name}`,
      isKey: true,
      run: async (): Promise<string | null> => {
        const form = new FormData();
        form.set("name", "bomb");
        form.set("data_list", new File(["[]"], "list.json"));
        form.set("images", new File([bytes], "x.zip"));
        const wait = { prefer: `wait=${PATIENCE_MS / 2000}` };
        // A list that is refused later would say nothing about the archive.
        return refused(await send(world, owner, ["POST", "/v1/datasets", form], wait), 400, 413);
      },
    })),
  ];
}

/** Zips that are small and unpack to more than they should, or say two things at once. */
function archiveBombs(): [string, Uint8Array<ArrayBuffer>][] {
  const zeros = new Uint8Array(80 * 1024 * 1024);
  const png = new TextEncoder().encode("x");
  const inner = zip([{ name: "a.png", content: zeros }]);
  return [
    ["a thousand times its size", zip([{ name: "a.png", content: zeros }])],
    ["an archive in an archive", zip([{ name: "inner.zip", content: inner }])],
    [
      "entries that share their bytes",
      zip([
        { name: "a.png", content: png },
        ...Array.from(
          { length: 50 },
          (_, at) => ({ name: `${at}.png`, content: png, sharesWith: 0 }),
        ),
      ]),
    ],
    ["a size that is not true", zip([{ name: "a.png", content: png, size: 1_000_000 }])],
    ["a size of 4 GiB", zip([{ name: "a.png", content: png, size: 0xfffffffe }])],
    ["two sizes", zip([{ name: "a.png", content: png, local: { size: 9 } }])],
    ["two names", zip([{ name: "a.png", content: png, local: { name: "../../a.png" } }])],
    ["one name twice", zip([{ name: "a.png", content: png }, { name: "a.png", content: png }])],
    [
      "names that differ in case",
      zip([{ name: "a.png", content: png }, { name: "A.PNG", content: png }]),
    ],
    ["a count that is not true", zip([{ name: "a.png", content: png }], { entryCount: 60_000 })],
    [
      "a directory that is elsewhere",
      zip([{ name: "a.png", content: png }], { directoryOffset: 0xffffffff }),
    ],
    ["another disk", zip([{ name: "a.png", content: png }], { disk: 7 })],
    ["bytes that are not there", overlong(zip([{ name: "a.png", content: png, method: 0 }]))],
    ["a wrong check sum", zip([{ name: "a.png", content: png, crc: 1 }])],
    ["a method that nobody knows", zip([{ name: "a.png", content: png, method: 99 }])],
    ["a password", zip([{ name: "a.png", content: png, flags: 1 }])],
    ["a device", zip([{ name: "a.png", content: png, mode: 0o020666 }])],
    ["a name with NUL", zip([{ name: "a.png\0.zip", content: png }])],
    ["a name of 60,000 characters", zip([{ name: `${"a/".repeat(30_000)}a.png`, content: png }])],
    [
      "a file that is a folder, too",
      zip([{ name: "a.png", content: png }, { name: "a.png/b.png", content: png }]),
    ],
  ];
}

/** Has both headers of a zip's one entry say that it goes on beyond the end of the file. */
function overlong(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  const directory = bytes.findIndex((_, at) =>
    at + 4 <= bytes.length && view.getUint32(at, true) === 0x02014b50
  );
  for (const at of [18, 22, directory + 20, directory + 24]) view.setUint32(at, 1_000_000, true);
  return bytes;
}
