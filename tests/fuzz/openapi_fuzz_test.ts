import fc from "fast-check";
import assert from "node:assert/strict";
import { holdAgainstDocument } from "../support/answer_check.ts";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { sendJson } from "../support/http.ts";
import { type ApiDocument, type FuzzRequest, requestsTo } from "./route_requests.ts";
import type { KnownNames } from "./schema_values.ts";

/** Requests of one run; `deno task fuzz` makes more. */
const REQUESTS = Number(Deno.env.get("MAMMOEVAL_FUZZ_REQUESTS") ?? 600);
const SEED = Number(Deno.env.get("MAMMOEVAL_FUZZ_SEED") ?? 1);
/** A stream that follows something may go on for ever; what came until then is looked at. */
const PATIENCE_MS = 10_000;

Deno.test("no request made from the document, right or wrong, breaks the service", async () => {
  await using service = await startEmbedded();
  const { url } = service;
  const document: ApiDocument = (await sendJson(`${url}/openapi.json`, "GET")).body;
  const names = await furnish(url);
  const faults = new Map<string, string>();
  const statuses = new Map<number, number>();
  const requests = fc.sample(requestsTo(document, names), { numRuns: REQUESTS, seed: SEED });
  for (const request of requests.toSorted(deletesLast)) {
    const answer = await send(url, request);
    if (answer === null) continue;
    statuses.set(answer.response.status, (statuses.get(answer.response.status) ?? 0) + 1);
    const fault = await faultIn(url + request.path, request.method, answer);
    if (fault !== null) faults.set(`${request.route} ${fault}`, JSON.stringify(request));
  }
  await cancelAll(url);
  const counted = [...statuses].toSorted(([a], [b]) => a - b).map(([status, n]) =>
    `${status}: ${n}`
  );
  say(`${REQUESTS} requests, seed ${SEED}; ${counted.join(", ")}`);
  assert.deepEqual([...faults].map(([fault, request]) => `${fault}\n  ${request}`), []);
  assert.ok((statuses.get(200) ?? 0) > REQUESTS / 20, "a good part must get past the first look");
});

interface Answer {
  readonly response: Response;
  readonly text: string;
}

/** A client resolves `..` before it sends: the answer is that of whichever route the request got to. */
async function faultIn(
  url: string,
  method: string,
  { response: { status, headers }, text }: Answer,
): Promise<string | null> {
  if (status >= 500) return `answers ${status}: ${text.slice(0, 300)}`;
  return await holdAgainstDocument({ method, url, status, headers, text }).then(
    () => null,
    (error) => error.message.slice(error.message.indexOf(url) + url.length),
  );
}

/** What is deleted is not there for all that comes after, which would get no further than a 404. */
function deletesLast(a: FuzzRequest, b: FuzzRequest): number {
  return Number(a.method === "DELETE") - Number(b.method === "DELETE");
}

/** Which answers came how often is what shows that the requests were worth something. */
function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Puts something into the service that requests can be about. */
async function furnish(url: string): Promise<KnownNames> {
  const sample = {
    images: `${PROJECT}sample_data/images`,
    data_list: `${PROJECT}sample_data/data.pkl`,
  };
  const wait = { prefer: "wait=300" };
  await sendJson(`${url}/v1/datasets`, "POST", { name: "sample", ...sample }, wait);
  const evaluation = (await sendJson(
    `${url}/v1/evaluations`,
    "POST",
    { model: "reference", experiment: "exp1", dataset: "sample" },
    wait,
  )).body;
  assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
  return {
    id: ["sample", evaluation.id, "nothing"],
    model: ["reference", "nobody"],
    models: [["reference"], []],
    name: ["reference", "fresh", "sample"],
    dataset: ["sample", "nothing"],
    datasets: [["sample"], []],
    level: ["breast", "image", "breasts"],
    file: ["roc.png", "curves.csv", "score.json", ".."],
    scores: [[evaluation.id, evaluation.id], [evaluation.id], ["nothing", evaluation.id]],
    images: [sample.images, "/etc", "nowhere"],
    data_list: [sample.data_list, "/etc/passwd", "nowhere"],
    dicom: [sample.images, "/etc"],
    labels: [`${PROJECT}sample_data/data.csv`, "/etc/passwd"],
    // Nobody listens there, and nothing beyond this machine is ever asked.
    url: ["http://127.0.0.1:9/", "file:///etc/passwd", "nonsense"],
    cursor: [evaluation.id, "0", "nonsense"],
  };
}

async function send(
  url: string,
  request: FuzzRequest,
): Promise<Answer | null> {
  const { method, path, headers, body } = request;
  try {
    const response = await fetch(url + path, {
      method,
      headers,
      body: typeof body === "string" || body === null ? body : formOf(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return null;
    throw new Error(`${request.route} broke the connection: ${JSON.stringify(request)}`, {
      cause: error,
    });
  }
}

function formOf(fields: readonly (readonly [string, string | Uint8Array])[]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === "string") form.append(name, value);
    else form.append(name, new Blob([Uint8Array.from(value)]), `${name}.bin`);
  }
  return form;
}

async function cancelAll(url: string): Promise<void> {
  for (const status of ["queued", "building", "running"]) {
    const list = `${url}/v1/evaluations?limit=500&status=${status}`;
    for (const { id } of (await sendJson(list, "GET")).body.items) {
      await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST");
    }
  }
}
