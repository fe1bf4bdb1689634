import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { evaluate, registerSample } from "../support/evaluations.ts";
import { type Prometheus, startPrometheus } from "../support/prometheus.ts";
import { works } from "../support/tools.ts";

const HAS_PROMETHEUS = works("prometheus", ["--version"]) && works("promtool", ["--version"]);
const DASHBOARD = join(PROJECT, "deployment/grafana/mammoeval.json");
const ALERTS = join(PROJECT, "deployment/prometheus/alerts.yml");
const CONFIGURATION = join(PROJECT, "deployment/prometheus/prometheus.yml");
/** Time that Prometheus has to have seen everything, in milliseconds: a busy machine is slow. */
const SCRAPED_MS = 120_000;

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly targets: readonly { refId: string; expr: string; legendFormat: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { name: string; type: string }[] };
}

async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await Deno.readTextFile(DASHBOARD));
}

/** What Grafana puts in place of its variables. */
function filledIn(query: string): string {
  return query.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1d")
    .replaceAll("$model", ".*");
}

async function promtool(args: readonly string[], input = ""): Promise<void> {
  const child = new Deno.Command("promtool", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.ok(success, `promtool ${args.join(" ")}: ${said}`);
}

/** Metrics of an exposition, each with the labels that its samples have. */
function labelsOf(exposition: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name, labels = ""] of exposition.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name!) ?? new Set();
    found.set(name!, known);
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
  }
  return found;
}

/** Labels that a query or a legend names: in braces, after `by`, or between double braces. */
function labelsNamed(query: string): Set<string> {
  const inSelectors = [...query.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name]) => name!);
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names]) =>
    names!.split(",").map((name) => name.trim())
  );
  return new Set([...inSelectors, ...grouped]);
}

/** Everything that the dashboard shows must have happened: one evaluation that goes well, one not. */
async function makeTraffic(url: string): Promise<string> {
  await registerSample(url);
  const good = await evaluate(url, "reference");
  assert.equal(good.status, "succeeded", JSON.stringify(good.error));
  const bad = await evaluate(url, "reference", { parameters: { ASYMMETRY_WEIGHT: "much" } });
  assert.equal(bad.status, "failed");
  return await (await fetch(`${url}/metrics`)).text();
}

/** Asks until there is an answer with a series in it: rates need two looks at the service. */
async function untilSeen(prometheus: Prometheus, query: string): Promise<void> {
  const deadline = performance.now() + SCRAPED_MS;
  while ((await prometheus.query(query)).length === 0) {
    assert.ok(performance.now() < deadline, `${query} finds nothing`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

Deno.test("Grafana's dashboard has the shape that Grafana reads", async () => {
  const { uid, title, schemaVersion, panels, templating } = await readDashboard();
  assert.deepEqual([uid, title], ["mammoeval", "mammoeval"]);
  assert.ok(Number.isInteger(schemaVersion) && schemaVersion >= 36);
  assert.deepEqual(templating.list.map(({ name, type }) => [name, type]), [
    ["datasource", "datasource"],
    ["model", "query"],
  ]);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, "ids are unique");
  for (const { title: name, type, gridPos: { x, y, w, h }, targets } of panels) {
    assert.ok(["stat", "timeseries", "bargauge"].includes(type), name);
    assert.ok(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, name);
    assert.ok(targets.length > 0, name);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, name);
  }
  const text = await Deno.readTextFile(DASHBOARD);
  for (const [, uid] of text.matchAll(/"uid": "([^"]*)"/g)) {
    assert.ok(["${datasource}", "mammoeval"].includes(uid!), `${uid} is one site's data source`);
  }
});

Deno.test({
  name: "what dashboard and alerts ask for is there: a real Prometheus answers every query",
  ignore: !HAS_PROMETHEUS,
  async fn(t): Promise<void> {
    await using service = await startEmbedded({ MAMMOEVAL_GPUS: "0" });
    const exposition = await makeTraffic(service.url);
    const known = labelsOf(exposition);
    const { panels } = await readDashboard();
    const targets = panels.flatMap(({ targets }) => targets);
    const rules = await Deno.readTextFile(ALERTS);
    const ruleQueries = [...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, query]) => query!);

    await t.step("every metric and label is one that the service has", () => {
      for (const query of [...targets.map(({ expr }) => expr), ...ruleQueries]) {
        const metrics = query.match(/mammoeval_\w+/g) ?? [];
        for (const name of metrics) assert.ok(known.has(name), `${name} in ${query}`);
        for (const label of labelsNamed(query)) {
          const has = metrics.length === 0 || metrics.some((name) => known.get(name)?.has(label));
          assert.ok(has, `${label} in ${query}`);
        }
      }
      for (const { expr, legendFormat } of targets) {
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          assert.ok(labelsNamed(expr).has(label!), `${label} is lost by ${expr}`);
        }
      }
    });

    await t.step(
      "promtool finds nothing wrong with metrics, alerts and configuration",
      async () => {
        await promtool(["check", "metrics"], exposition);
        await promtool(["check", "rules", ALERTS]);
        await promtool(["check", "config", CONFIGURATION]);
      },
    );

    const configuration = (await Deno.readTextFile(CONFIGURATION))
      .replace("127.0.0.1:8000", new URL(service.url).host)
      .replace("scrape_interval: 15s", "scrape_interval: 1s\n  evaluation_interval: 1s");
    await using prometheus = await startPrometheus(configuration, [ALERTS]);

    await t.step("every query of the dashboard finds something", async () => {
      for (const { expr } of targets) await untilSeen(prometheus, filledIn(expr));
    });

    await t.step("every alert is evaluated", async () => {
      await untilSeen(prometheus, "mammoeval_evaluations");
      const deadline = performance.now() + SCRAPED_MS;
      while ([...(await prometheus.alerts()).values()].some(({ health }) => health === "unknown")) {
        assert.ok(performance.now() < deadline, "alerts are not evaluated");
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      const alerts = await prometheus.alerts();
      assert.equal(alerts.size, ruleQueries.length);
      for (const [name, { health, lastError }] of alerts) {
        assert.equal(health, "ok", `${name}: ${lastError}`);
      }
    });
  },
});
