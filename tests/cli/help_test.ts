import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { PROGRAMS } from "../../cli/command_needs.ts";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";

/** The token that the help revokes; the test revokes one that there is. */
const TOKEN_ID = "0123456789ab";

Deno.test("every example of every help runs as it stands there, and JSON is alone on its stream", async () => {
  await using service = await startEmbedded();
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  try {
    let tokenId = TOKEN_ID;
    for (const { command } of PROGRAMS.values()) {
      // It fetches data and builds containers; tests/cli/reproduce_test.ts runs it with a mirror.
      if (command.name === "reproduce") continue;
      // It needs Docker and Apptainer; tests/apptainer runs it.
      if (command.name === "image") continue;
      // It makes anew what was lost, and refuses a ledger that is whole.
      if (command.name === "rebuild-ledger") await loseLedger(join(folder, "home"));
      for (const { line } of command.examples) {
        const here = line.replaceAll("/tmp/", `${folder}/`)
          .replace("http://127.0.0.1:8000", service.url).replace(TOKEN_ID, tokenId);
        const { code, stdout, stderr } = await new Deno.Command("bash", {
          args: ["-c", here],
          cwd: PROJECT,
          env: {
            MAMMOEVAL_HOME: join(folder, "home"),
            MAMMOEVAL_EXECUTOR: "process",
            PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
          },
          stdin: "null",
        }).output();
        const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
        assert.equal(code, 0, `${line}\n${err}`);
        assert.ok(!out!.includes("\x1b"), "a pipe gets no colours");
        if (line.includes("--json")) JSON.parse(out!);
        if (line.endsWith("token list")) tokenId = out!.split("\t")[0]!;
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function loseLedger(home: string): Promise<void> {
  for await (const { name } of Deno.readDir(home)) {
    if (/^ledger\.sqlite(-wal|-shm)?$/.test(name)) await Deno.remove(join(home, name));
  }
}
