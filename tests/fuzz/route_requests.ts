import fc from "fast-check";
import { hostileText, hostileValue } from "./hostile_values.ts";
import { type KnownNames, type Schema, valueOf } from "./schema_values.ts";

/** One request to make. */
export interface FuzzRequest {
  /** Route in the document, `GET /v1/datasets/{id}`. */
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the fields of a form; null for none. */
  readonly body: string | readonly (readonly [string, string | Uint8Array])[] | null;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

/** What of an OpenAPI document requests are made from. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/**
 * Makes requests to any route of a document: some as they should be, most with something wrong.
 *
 * @param document of the service under test
 * @param names things that exist there, by the name of field or parameter
 */
export function requestsTo(document: ApiDocument, names: KnownNames): fc.Arbitrary<FuzzRequest> {
  const find = (ref: string): Schema => {
    const found = document.components.schemas[ref.split("/").at(-1)!];
    if (found === undefined) throw new Error(`${ref} is not in the document`);
    return found;
  };
  const valid = (schema: Schema, field: string): fc.Arbitrary<unknown> =>
    valueOf(schema, find, names, field);
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      requestTo(method.toUpperCase(), path, operation, valid)
    )
  );
  return fc.oneof(...routes);
}

type MakeValue = (schema: Schema, field: string) => fc.Arbitrary<unknown>;

function requestTo(
  method: string,
  path: string,
  operation: Operation,
  valid: MakeValue,
): fc.Arbitrary<FuzzRequest> {
  const parameters = operation.parameters ?? [];
  const of = (place: Parameter["in"]): fc.Arbitrary<Record<string, string>> =>
    parametersOf(parameters.filter((parameter) => parameter.in === place), valid);
  return fc.record({
    path: of("path"),
    query: of("query"),
    headers: of("header"),
    body: bodyOf(operation, valid),
  }).map(({ path: values, query, headers, body }) => ({
    route: `${method} ${path}`,
    method,
    path: fillIn(path, values) + queryText(query),
    headers: { ...sendable(headers), ...body.headers },
    body: body.body,
  }));
}

/** Mostly right, one in four hostile. */
function parametersOf(
  parameters: readonly Parameter[],
  valid: MakeValue,
): fc.Arbitrary<Record<string, string>> {
  const entries = parameters.map(({ name, schema }) =>
    [
      name,
      fc.oneof({ weight: 3, arbitrary: valid(schema, name).map(String) }, {
        weight: 1,
        arbitrary: hostileText,
      }),
    ] as const
  );
  const requiredKeys = parameters.filter((parameter) => parameter.in === "path").map(({ name }) =>
    name
  );
  return fc.record(Object.fromEntries(entries), { requiredKeys });
}

type Body = Pick<FuzzRequest, "headers" | "body">;

function bodyOf({ requestBody }: Operation, valid: MakeValue): fc.Arbitrary<Body> {
  if (requestBody === undefined) return fc.constant({ headers: {}, body: null });
  const kinds = Object.entries(requestBody.content).map(([type, { schema }]) =>
    type === "multipart/form-data" ? formBody(schema, valid) : jsonBody(type, schema, valid)
  );
  const broken = fc.record({
    headers: fc.constantFrom({ "content-type": "application/json" }, { "content-type": "text/x" }),
    body: hostileText,
  });
  return fc.oneof({ weight: 9, arbitrary: fc.oneof(...kinds) }, { weight: 1, arbitrary: broken });
}

function jsonBody(type: string, schema: Schema, valid: MakeValue): fc.Arbitrary<Body> {
  return fc.tuple(valid(schema, ""), fc.option(damage, { nil: undefined })).map((
    [value, harm],
  ) => ({
    headers: { "content-type": type },
    body: JSON.stringify(harm === undefined ? value : harm(value)),
  }));
}

/** Replaces, removes or adds a field somewhere. */
const damage: fc.Arbitrary<(value: unknown) => unknown> = fc.record({
  at: fc.nat({ max: 20 }),
  how: fc.constantFrom("replace", "remove", "add"),
  key: hostileText,
  value: hostileValue,
}).map(({ at, how, key, value: put }) => (value) => {
  if (typeof value !== "object" || value === null) return put;
  const entries = Object.entries(value);
  if (how === "add" || entries.length === 0) return { ...value, [key]: put };
  const chosen = entries[at % entries.length]![0];
  return Object.fromEntries(
    entries.flatMap(([name, old]) =>
      name !== chosen ? [[name, old]] : how === "remove" ? [] : [[name, put]]
    ),
  );
});

function formBody(schema: Schema, valid: MakeValue): fc.Arbitrary<Body> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, part]) =>
    fc.option(
      fc.oneof(
        part.format === "binary"
          ? fc.uint8Array({ maxLength: 200 })
          : valid(part, name).map(String),
        hostileText,
      ).map((value) => [name, value] as const),
      { nil: null, freq: 5 },
    )
  );
  return fc.tuple(...fields).map((parts) => ({
    headers: {},
    body: parts.filter((part) => part !== null),
  }));
}

function fillIn(path: string, values: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(wellFormed(values[name]!)));
}

function queryText(query: Record<string, string>): string {
  const pairs = Object.entries(query).map(([name, value]) =>
    `${name}=${encodeURIComponent(wellFormed(value))}`
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** A URL cannot carry half a surrogate pair. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** A client cannot send line ends and the like in a header; nobody waits for long here. */
function sendable(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) =>
      /^[\x20-\x7e]*$/.test(value) && !(name === "prefer" && /wait/i.test(value))
    ),
  );
}
