import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { evaluationFiles, MODES, volumeLayout } from "../../shared/volume/mod.ts";
import { addToken } from "../support/add_token.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { assertProblem, sendJson } from "../support/http.ts";

const WAIT = { prefer: "wait=300" };
/** What the site's `users.txt` says; `ada` is trusted with results, and not with the truth. */
const USERS = "site,4000\nowner,2001\nada,2002\n";

/** What lies where, first match; null for what closed folders hold, which nobody else reaches. */
const TABLE: readonly (readonly [RegExp, { folder?: number; file?: number } | null])[] = [
  [/^$/, { folder: MODES.passage }],
  [/^(locks|quarantine)$/, { folder: MODES.passage }],
  [/^(results(\/[^/]+){0,2}|preprocessed(\/[^/]+)?)$/, { folder: MODES.passage }],
  [/^ledger\.sqlite/, { file: MODES.closedFile }],
  [/^(access|datasets|work|uploads|scores|reader_studies|leases|pseudonyms)$/, {
    folder: MODES.closed,
  }],
  [/^locks\/[^/]+$/, { folder: MODES.closed }],
  [/^datasets\/[^/]+$/, { folder: MODES.closed }],
  [
    /^(access|datasets|work|uploads|scores|reader_studies|leases|pseudonyms|locks|preprocessed)\//,
    null,
  ],
];

async function* pathsBelow(folder: string): AsyncGenerator<string> {
  yield folder;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* pathsBelow(join(folder, name));
    else yield join(folder, name);
  }
}

/** Two people have evaluated, one of whom may see the truth. */
async function evaluated(
  service: ServiceUnderTest,
): Promise<{ folders: string[]; ids: string[]; owner: Record<string, string> }> {
  const { url, home } = service;
  const sample = {
    name: "sample",
    images: `${PROJECT}sample_data/images`,
    data_list: `${PROJECT}sample_data/data.pkl`,
  };
  assert.equal((await sendJson(`${url}/v1/datasets`, "POST", sample, WAIT)).status, 201);
  const owner = await addToken(service, "owner", "admin");
  const ada = await addToken(service, "ada", "submit");
  const request = { model: "reference", dataset: "sample", experiment: "e1", bootstrap: false };
  const ids: string[] = [];
  for (const who of [owner, ada]) {
    const { body } = await sendJson(`${url}/v1/evaluations`, "POST", request, { ...who, ...WAIT });
    assert.equal(body.status, "succeeded", JSON.stringify(body.error));
    ids.push(body.id);
  }
  const folders = ids.map((id) =>
    evaluationFiles(volumeLayout(home!), { experiment: "e1", model: "reference", id }).folder
  );
  return { folders, ids, owner };
}

/** A machine that does not know the ids, as some sandboxes, cannot give anything away. */
async function canGiveAway(folder: string): Promise<boolean> {
  const path = await Deno.makeTempFile({ dir: folder });
  try {
    await Deno.chown(path, 2001, 4000);
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("every path of the volume has the owner and the mode of the table, and a report that was changed is none", async (t) => {
  const users = await Deno.makeTempFile();
  await Deno.writeTextFile(users, USERS);
  await using service = await startEmbedded({ MAMMOEVAL_USERS: users });
  await Deno.remove(users);
  const { url, home } = service;
  const { folders, ids, owner } = await evaluated(service);
  const gives = await canGiveAway(service.dataFolder);

  await t.step("owner and mode", async () => {
    for await (const path of pathsBelow(home!)) {
      const { mode, uid, gid, isDirectory } = await Deno.stat(path);
      const kind = isDirectory ? "folder" : "file";
      const at = folders.findIndex((folder) => path.startsWith(folder));
      const isGiven = at === 0 && gives;
      const name = relative(home!, path);
      const modes = at < 0
        ? TABLE.find(([pattern]) => pattern.test(name))?.[1]
        : isGiven
        ? MODES.handedOver
        : MODES.result;
      assert.ok(modes !== undefined, `the table knows no ${name}`);
      if (modes === null) continue;
      assert.equal((mode! & 0o777).toString(8), modes[kind]?.toString(8), name);
      assert.deepEqual([uid, gid], isGiven ? [2001, 4000] : [Deno.uid(), Deno.gid()], name);
    }
  });

  await t.step("a report with other numbers, which its owner may write", async () => {
    const path = join(folders[0]!, "score.json");
    const text = await Deno.readTextFile(path);
    const report = JSON.parse(text);
    report.levels.breast.auroc.value = 1;
    await Deno.writeTextFile(path, JSON.stringify(report));
    const get = (of: string): ReturnType<typeof sendJson> =>
      sendJson(`${url}${of}`, "GET", undefined, owner);
    assertProblem(await get(`/v1/scores/${ids[0]}`), 404, "not_found");
    const scores = (await get("/v1/scores")).body.items.map(({ id }: { id: string }) => id);
    assert.ok(!scores.includes(ids[0]));
    const board = JSON.stringify((await get("/v1/leaderboards/sample")).body);
    assert.ok(board.includes(ids[1]!) && !board.includes(ids[0]!), board);
    const damaged = JSON.stringify((await get("/v1/doctor")).body);
    assert.match(damaged, /it is not the report that mammoeval wrote/);
    await Deno.writeTextFile(path, JSON.stringify(JSON.parse(text)));
    assert.equal((await get(`/v1/scores/${ids[0]}`)).status, 200, "white space is no change");
  });
});
