import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Exchange } from "./document/add_examples.ts";
import type { ApiDocument } from "./document/document.ts";
import { zip } from "../support/ingestion/archives.ts";
import { PROJECT, type ServiceUnderTest } from "../support/embedded_service.ts";
import { ask, type Json } from "../support/http.ts";

/** An answer, as an exchange has it. */
export type GivenResponse = Exchange["response"];

/** Where examples say that the project lies, and the volume: nobody learns from where a test ran. */
const PLACES = { project: "/opt/mammoeval/", home: "/var/lib/mammoeval" };
/** Files that examples send besides those of the project. */
const EXAMPLES = fileURLToPath(
  new URL("./examples/", import.meta.url),
);

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** What is otherwise at every run, and what stands for it in comparisons. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<moment>"],
  [/\b[0-9a-f]{64}\b/g, "<digest>"],
  [/\b[0-9a-f]{12,40}\b/g, "<hash>"],
  [/\b\d+(?:\.\d+)? s\b/g, "<duration>"],
];
/** Fields whose numbers are of the machine. */
const MEASURED = /(?:_bytes|_s|_ms)$|^(?:cpus|attempts|done)$/;

/** Ids of this run by those of the examples. */
export type Ids = Map<string, string>;

/**
 * Makes the request of an exchange again.
 *
 * @param service to ask
 * @param document where the operations are
 * @param exchange with the request
 * @param ids of this run by those of the exchanges
 * @returns the answer with ids and places as exchanges have them; `ids` has grown by those of the answer
 */
export async function play(
  service: ServiceUnderTest,
  document: ApiDocument,
  exchange: Exchange,
  ids: Ids,
): Promise<GivenResponse> {
  const { request } = JSON.parse(replaceIds(JSON.stringify(exchange), ids)) as Exchange;
  const [method, path] = findOperation(document, exchange.operation);
  const headers = new Headers(request.headers);
  if (request.json !== undefined) headers.set("content-type", "application/json");
  const pairs = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)])
  );
  const query = new URLSearchParams(pairs).toString();
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => encodeURIComponent(request.path?.[name] ?? ""),
  );
  const answer = await ask(`${service.url}${filled}${query === "" ? "" : `?${query}`}`, {
    method: method.toUpperCase(),
    headers,
    body: request.json !== undefined
      ? JSON.stringify(request.json)
      : request.form === undefined
      ? null
      : await formOf(request.form),
  });
  return settle(await read(answer), exchange.response, service, ids);
}

function findOperation(document: ApiDocument, id: string): [method: string, path: string] {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { operationId }] of Object.entries(item)) {
      if (operationId === id) return [method, path];
    }
  }
  throw new Error(`no operation ${id}`);
}

async function formOf(fields: Readonly<Record<string, string>>): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (!value.startsWith("@")) form.set(name, value);
    else form.set(name, new File([await readFile(value.slice(1))], basename(value)));
  }
  return form;
}

/** A file of the examples, or of the project; a zip is made of the folder of its name. */
async function readFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!name.includes("/")) return await Deno.readFile(join(EXAMPLES, name));
  if (!name.endsWith(".zip")) return await Deno.readFile(join(PROJECT, name));
  const folder = join(PROJECT, name.slice(0, -".zip".length));
  const entries = [];
  for await (const { name } of Deno.readDir(folder)) {
    entries.push({ name, content: await Deno.readFile(join(folder, name)) });
  }
  return Uint8Array.from(zip(entries));
}

async function read(answer: Response): Promise<GivenResponse> {
  const type = answer.headers.get("content-type")?.split(";")[0];
  const text = await answer.text();
  if (type === undefined || text === "") return { status: answer.status };
  return /[/+]json$/.test(type)
    ? { status: answer.status, type, json: JSON.parse(text) }
    : { status: answer.status, type, text };
}

function settle(
  given: GivenResponse,
  recorded: GivenResponse,
  service: ServiceUnderTest,
  ids: Ids,
): GivenResponse {
  learn(recorded.json ?? recorded.text, given.json ?? given.text, ids);
  const known = new Map([...ids].map(([example, own]) => [own, example]));
  const text = replaceIds(JSON.stringify(given), known)
    .replaceAll(service.home!, PLACES.home)
    .replaceAll(PROJECT, PLACES.project);
  return JSON.parse(text);
}

function replaceIds(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(UUID, (id) => ids.get(id) ?? id);
}

/** Pairs the ids of two values that have the same shape. */
function learn(recorded: Json, given: Json, ids: Ids): void {
  if (typeof recorded === "string" && typeof given === "string") {
    const [own, example] = [given.match(UUID) ?? [], recorded.match(UUID) ?? []];
    if (own.length === example.length) {
      example.forEach((id, at) => ids.has(id) || ids.set(id, own[at]!));
    }
  } else if (typeof recorded === "object" && typeof given === "object" && recorded && given) {
    for (const name of Object.keys(recorded)) learn(recorded[name], given[name], ids);
  }
}

/**
 * Writes an answer down as an example, so that the example changes only where the answer does.
 *
 * @param recorded the example so far
 * @param given the answer of today, settled
 */
export function update(recorded: Json, given: Json, field = ""): Json {
  if (isAlike(recorded, given, field)) return recorded;
  if (typeof given !== "object" || given === null) return given;
  if (Array.isArray(given)) return given.map((item, at) => update(recorded?.[at], item, field));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, update(recorded?.[name], value, name)]),
  );
}

/**
 * Tells whether two values are the same but for what no two runs have in common.
 *
 * @param recorded of an example
 * @param given of today, settled
 * @param field that the values are of
 */
export function isAlike(recorded: Json, given: Json, field = ""): boolean {
  if (typeof recorded === "string" && typeof given === "string") {
    return stable(recorded) === stable(given);
  }
  if (typeof recorded === "number" && typeof given === "number") {
    return MEASURED.test(field) || Math.abs(recorded - given) <= 1e-9 * Math.abs(recorded);
  }
  if (typeof recorded !== "object" || typeof given !== "object" || !recorded || !given) {
    return recorded === given;
  }
  const names = Object.keys(given);
  return names.length === Object.keys(recorded).length &&
    names.every((name) =>
      name in recorded &&
      isAlike(recorded[name], given[name], Array.isArray(given) ? field : name)
    );
}

function stable(text: string): string {
  return CHANGING.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text);
}

/** Names of the fields in which two values are not alike. */
export function differences(recorded: Json, given: Json, path = "", field = ""): string[] {
  if (isAlike(recorded, given, field)) return [];
  if (typeof recorded !== "object" || typeof given !== "object" || !recorded || !given) {
    return [`${path}: ${JSON.stringify(recorded)} is ${JSON.stringify(given)}`.slice(0, 400)];
  }
  return [...new Set([...Object.keys(recorded), ...Object.keys(given)])].flatMap((name) =>
    differences(
      recorded[name],
      given[name],
      `${path}.${name}`,
      Array.isArray(given) ? field : name,
    )
  );
}
