import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** A Prometheus under test. */
export interface Prometheus extends AsyncDisposable {
  /**
   * Evaluates a PromQL query now; returns the labels of each series of the result.
   *
   * @throws {assert.AssertionError} with Prometheus' reason if it rejects the query
   */
  query(query: string): Promise<Record<string, string>[]>;
  /** Returns health and last error of each loaded alert rule, by name. */
  alerts(): Promise<ReadonlyMap<string, { health: string; lastError?: string }>>;
}

/** Timeout of its start, in milliseconds. */
const START_MS = 60_000;

/**
 * Starts a Prometheus on a free port of 127.0.0.1.
 *
 * @param configuration text of its `prometheus.yml`
 * @param ruleFiles absolute paths of files to put beside it
 */
export async function startPrometheus(
  configuration: string,
  ruleFiles: readonly string[],
): Promise<Prometheus> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-prometheus-");
  for (const file of ruleFiles) await Deno.copyFile(file, join(folder, file.split("/").at(-1)!));
  await Deno.writeTextFile(join(folder, "prometheus.yml"), configuration);
  const url = `http://127.0.0.1:${freePort()}`;
  const log = join(folder, "log");
  const child = new Deno.Command("bash", {
    args: [
      ...["-c", 'exec "$@" >>"$0" 2>&1', log, "prometheus"],
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    stdin: "null",
  }).spawn();
  stack.defer(async () => {
    child.kill("SIGTERM");
    await child.status;
  });
  const ask = async (path: string): Promise<{ status: string; error?: string; data: unknown }> =>
    await (await fetch(`${url}/api/v1/${path}`)).json();
  const deadline = performance.now() + START_MS;
  while (!await fetch(`${url}/-/ready`).then(readAll, () => false)) {
    const said = await Deno.readTextFile(log).catch(() => "");
    assert.ok(performance.now() < deadline, `Prometheus does not start: ${said.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const made = stack.move();
  return {
    async query(query): Promise<Record<string, string>[]> {
      const { status, error, data } = await ask(`query?query=${encodeURIComponent(query)}`);
      assert.equal(status, "success", `${query}: ${error}`);
      const { result } = data as { result: { metric: Record<string, string> }[] };
      return result.map(({ metric }) => metric);
    },
    async alerts(): Promise<ReadonlyMap<string, { health: string; lastError?: string }>> {
      const { groups } = (await ask("rules?type=alert")).data as {
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      };
      return new Map(groups.flatMap(({ rules }) => rules).map((rule) => [rule.name, rule]));
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

async function readAll(response: Response): Promise<boolean> {
  await response.body?.cancel();
  return response.ok;
}
