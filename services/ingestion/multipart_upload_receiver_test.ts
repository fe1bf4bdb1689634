import assert from "node:assert/strict";
import { join } from "node:path";
import { Problem } from "../../shared/http/mod.ts";
import { silentDamage, volumeLayout } from "../../shared/volume/mod.ts";
import { createMultipartUploadReceiver } from "./multipart_upload_receiver.ts";
import { concat, tar, zip } from "../../tests/support/ingestion/archives.ts";
import type { ListUpload, UploadReceiver } from "./upload_receiver.ts";

const PNG = new TextEncoder().encode("a PNG");
const LIST = new File(["[]"], "data.json");

/** A receiver on its own volume. */
interface World extends AsyncDisposable {
  readonly receiver: ListReceiver;
  readonly uploads: string;
  /** Names of the files in the uploads folder. */
  left(): string[];
}

type ListReceiver = Omit<UploadReceiver, "receive"> & {
  receive(request: Request): Promise<ListUpload>;
};

/** A receiver that is only sent data lists with images. */
function receivesLists(receiver: UploadReceiver): ListReceiver {
  return {
    ...receiver,
    async receive(request): Promise<ListUpload> {
      const upload = await receiver.receive(request);
      assert.ok(upload.kind === "list");
      return upload;
    },
  };
}

async function makeWorld(): Promise<World> {
  const home = await Deno.makeTempDir({ prefix: "mammoeval-upload-" });
  const layout = volumeLayout(home);
  return {
    receiver: receivesLists(createMultipartUploadReceiver(layout, silentDamage(layout))),
    uploads: layout.uploads,
    left: () => {
      try {
        return [...Deno.readDirSync(layout.uploads)].map(({ name }) => name);
      } catch {
        return [];
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

function formRequest(parts: readonly (readonly [string, string | File])[]): Request {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  return new Request("http://inside/v1/datasets", { method: "POST", body: form });
}

function file(content: Uint8Array<ArrayBuffer>, name: string): File {
  return new File([content], name);
}

Deno.test("receive: name, data list and images, as archive or as repeated parts", async () => {
  const uploads: (readonly [string, File])[][] = [
    [["images", file(zip([{ name: "images/a.png", content: PNG }]), "i.zip")]],
    [["images", file(tar([{ name: "a.png", content: PNG }]), "i.tar")]],
    [["images", file(PNG, "a.png")], ["images", file(PNG, "b/c.png")]],
    [["images", file(PNG, "C:\\scans 2024\\a.png")], ["images", file(PNG, "d:/x/c.png")]],
  ];
  await using world = await makeWorld();
  for (const images of uploads) {
    const upload = await world.receiver.receive(
      formRequest([["name", " n "], ["data_list", LIST], ...images]),
    );
    assert.equal(upload.name, "n");
    assert.equal(upload.dataListName, "data.json");
    assert.equal(await Deno.readTextFile(upload.dataListPath), "[]");
    const destination = join(world.uploads, "settled");
    await world.receiver.settle(upload, destination);
    assert.deepEqual(await Deno.readFile(join(destination, "a.png")), PNG, "one folder is lifted");
    await Deno.remove(destination, { recursive: true });
    await world.receiver.discard(upload);
    assert.deepEqual(world.left(), []);
  }
});

Deno.test("receive: what is refused is named, and nothing of it stays", async () => {
  const image = ["images", file(PNG, "a.png")] as const;
  const name = ["name", "n"] as const;
  const list = ["data_list", LIST] as const;
  const refused: [(readonly [string, string | File])[], RegExp][] = [
    [[list, image], /^name: send a part/],
    [[["name", " "], list, image], /^name: /],
    [[["name", "x".repeat(201)], list, image], /^name: /],
    [[name, image], /^data_list: send/],
    [[name, list], /^images: send/],
    [[name, list, list, image], /^data_list: there are two/],
    [[name, list, image, image], /^images: "a.png" is repeated/],
    [[name, list, image, ["images", file(PNG, "A.PNG")]], /differ only by case/],
    [[name, list, ["images", file(PNG, "../a.png")]], /leaves the archive/],
    [[name, list, ["images", file(PNG, "/a.png")]], /absolute/],
    [[name, list, ["images", file(PNG, "a.jpg")]], /"a.jpg" is not a .zip, .tar, .tar.gz or .png/],
    [[name, list, ["pictures", file(PNG, "a.png")]], /Part "pictures" is unknown/],
    [
      [name, list, ["images", file(tar([{ name: "a.png", type: "2", link: "/" }]), "i.tar")]],
      /^images: i.tar: entry "a.png" is a link/,
    ],
    [[name, list, image, ["images", file(PNG, "i.zip")]], /^images: i.zip: it cannot be unpacked/],
  ];
  await using world = await makeWorld();
  for (const [parts, reason] of refused) {
    await assert.rejects(world.receiver.receive(formRequest(parts)), (error) => {
      assert.ok(error instanceof Problem && error.type === "invalid_request", String(error));
      assert.match(error.message, reason);
      return true;
    });
    assert.deepEqual(world.left(), [], String(reason));
  }
});

Deno.test("receive: a body that is no form, ends early or never was", async () => {
  const type = "multipart/form-data; boundary=x";
  const part = '--x\r\ncontent-disposition: form-data; name="images"; filename="a.png"\r\n\r\n';
  const bodies: [string, string][] = [
    [type, ""],
    [type, "no form at all"],
    [type, part],
    [type, `${part}half of a PN`],
    [type, `${part}whole\r\n--x`],
    ["multipart/form-data", "no boundary"],
  ];
  await using world = await makeWorld();
  for (const [contentType, body] of bodies) {
    const headers = { "content-type": contentType };
    const request = new Request("http://inside/", { method: "POST", body, headers });
    await assert.rejects(world.receiver.receive(request), Problem, body);
    assert.deepEqual(world.left(), []);
  }
});

/** A form whose images part has the given length, generated while it is sent. */
function longForm(archive: string, head: Uint8Array, blocks: number, block: Uint8Array): Request {
  const encoder = new TextEncoder();
  let sent = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller): void {
      if (sent === 0) {
        controller.enqueue(concat([
          encoder.encode(
            '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nlong\r\n' +
              '--x\r\ncontent-disposition: form-data; name="data_list"; filename="a.json"\r\n\r\n[]\r\n' +
              `--x\r\ncontent-disposition: form-data; name="images"; filename="${archive}"\r\n\r\n`,
          ),
          head,
        ]));
      } else if (sent <= blocks) controller.enqueue(new Uint8Array(block));
      else {
        controller.enqueue(concat([new Uint8Array(1024), encoder.encode("\r\n--x--\r\n")]));
        controller.close();
      }
      sent += 1;
    },
  }, { highWaterMark: 1 });
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  return new Request("http://inside/", { method: "POST", body, headers });
}

Deno.test("receive: memory stays flat, however much arrives", async () => {
  const mebibyte = 1024 * 1024;
  const sizeBytes = 192 * mebibyte;
  const header = tar([{ name: "large.png", content: new Uint8Array(0) }], 0);
  header.set(new TextEncoder().encode(sizeBytes.toString(8).padStart(11, "0")), 124);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  const block = crypto.getRandomValues(new Uint8Array(65536));
  await using world = await makeWorld();
  const before = Deno.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), 20);
  try {
    const upload = await world.receiver.receive(
      longForm("i.tar", header, sizeBytes / 65536, block),
    );
    assert.equal((await Deno.stat(join(upload.imagesFolder, "large.png"))).size, sizeBytes);
    await world.receiver.discard(upload);
  } finally {
    clearInterval(watch);
  }
  assert.ok(peak - before < 100 * mebibyte, `grew by ${(peak - before) / mebibyte} MiB`);
});

Deno.test("receive: an upload broken off by its client leaves nothing", async () => {
  await using world = await makeWorld();
  const ended = Promise.withResolvers<unknown>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      world.receiver.receive(request).then(
        () => new Response("accepted"),
        (error) => {
          ended.resolve(error);
          return new Response("refused");
        },
      ),
  );
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n" +
    "content-type: multipart/form-data; boundary=x\r\n\r\n" +
    '--x\r\ncontent-disposition: form-data; name="images"; filename="a.png"\r\n\r\n';
  await connection.write(new TextEncoder().encode(head + "the beginning of a PNG"));
  while (world.left().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  connection.close();
  assert.ok(await ended.promise instanceof Problem);
  assert.deepEqual(world.left(), []);
  await server.shutdown();
});

Deno.test({
  name: "receive: a volume that is full is said so, and what had been written is given back",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  fn: async () => {
    await using world = await makeWorld();
    await Deno.mkdir(world.uploads);
    const mount = async (program: string, ...args: string[]): Promise<void> => {
      const { success, stderr } = await new Deno.Command(program, { args }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    };
    await mount("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", world.uploads);
    try {
      const large = file(crypto.getRandomValues(new Uint8Array(65536)), "x");
      const content = new Uint8Array(await new Blob(Array(40).fill(large)).arrayBuffer());
      const images: [string, File][] = [
        ["images", file(content, "a.png")],
        ["images", file(tar([{ name: "a.png", content }]), "i.tar")],
        ["images", file(zip([{ name: "a.png", content }]), "i.zip")],
      ];
      for (const image of images) {
        const request = formRequest([["name", "n"], ["data_list", LIST], image]);
        await assert.rejects(world.receiver.receive(request), (error) => {
          assert.ok(error instanceof Problem && error.type === "unavailable", String(error));
          assert.match(error.message, /volume is full/);
          return true;
        });
        assert.deepEqual(world.left(), []);
      }
    } finally {
      await mount("umount", world.uploads);
    }
  },
});

Deno.test("sweep: what a killed process left of uploads goes at the next start, and nothing else", async () => {
  await using world = await makeWorld();
  const left = join(world.uploads, crypto.randomUUID());
  for (const folder of [left, join(world.uploads, "mine")]) {
    await Deno.mkdir(join(folder, "images"), { recursive: true });
    await Deno.writeTextFile(join(folder, "archive-1"), "half");
  }
  await world.receiver.sweep();
  assert.deepEqual(world.left(), []);
  const moved = join(world.uploads, "../quarantine/uploads/mine/archive-1");
  assert.equal(await Deno.readTextFile(moved), "half");
  await world.receiver.sweep();
});

Deno.test("receive: images and their folders can be read by containers under every umask", async () => {
  for (const umask of [0o077, 0o000]) {
    const before = Deno.umask(umask);
    try {
      await using world = await makeWorld();
      const { imagesFolder } = await world.receiver.receive(formRequest([
        ["name", "a"],
        ["data_list", new File(['[{"L-CC": ["one/two/a"]}]'], "data.json")],
        ["images", file(zip([{ name: "one/two/a.png", content: PNG }]), "images.zip")],
      ]));
      const modes = ["", "one", "one/two", "one/two/a.png"].map((path) =>
        (Deno.statSync(join(imagesFolder, path)).mode! & 0o777).toString(8)
      );
      assert.deepEqual(modes, ["755", "755", "755", "644"], umask.toString(8));
    } finally {
      Deno.umask(before);
    }
  }
});

/** Uploads a zip of images with a list that names one of them; returns the images' names afterwards. */
async function namesAfter(
  world: World,
  entries: readonly string[],
  image: string,
): Promise<string[]> {
  const images = file(zip(entries.map((name) => ({ name, content: PNG }))), "i.zip");
  const list = new File([JSON.stringify([{ "L-CC": [image] }])], "data.json");
  const upload = await world.receiver.receive(
    formRequest([["name", "n"], ["data_list", list], ["images", images]]),
  );
  const found: string[] = [];
  const folders = [""];
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    for (const { name, isDirectory } of Deno.readDirSync(join(upload.imagesFolder, below))) {
      if (isDirectory) folders.push(`${below}${name}/`);
      else found.push(below + name);
    }
  }
  await world.receiver.discard(upload);
  return found.sort();
}

Deno.test("receive: images get the names that the list has for them", async () => {
  await using world = await makeWorld();
  const [composed, apart] = ["\u00c4", "A\u0308"];
  const fits: [entries: string[], image: string, names: string[]][] = [
    [["export_2024/a.png", "export_2024/b.png"], "a", ["a.png", "b.png"]],
    [["export_2024/a.png"], "export_2024/a", ["export_2024/a.png"]],
    [["export\\images\\a.png"], "a", ["a.png"]],
    [["x/a.png", "y/a.png"], "x/a", ["x/a.png", "y/a.png"]],
    [["top/x/a.png", "top/y/a.png"], "x/a", ["x/a.png", "y/a.png"]],
    [[`${apart}/${apart}1.png`], `${composed}1`, [`${composed}1.png`]],
    [[`${composed}1.png`], `${apart}1`, [`${apart}1.png`]],
    [["a.PNG", "._a.png", "__MACOSX/._a.png", "@eaDir/a.png/thumb.png"], "a", ["a.png"]],
  ];
  for (const [entries, image, names] of fits) {
    assert.deepEqual(await namesAfter(world, entries, image), names, entries.join());
  }
});

Deno.test("receive: DICOM files in the form for images are named for what they are", async () => {
  await using world = await makeWorld();
  await assert.rejects(
    namesAfter(world, ["a/IM1", "a/IM2.dcm", "a/notes.txt"], "a"),
    /no \.png is among the 3 files that were sent; 2 of them are named as DICOM files/,
  );
});
