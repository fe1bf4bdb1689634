import type { Json } from "../support/http.ts";
import type { AttackWorld } from "./attack_world.ts";
import { send } from "./attacks.ts";

/** One operation of the API's document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** The role that the document says it takes; null where it names none. */
  readonly role: string | null;
  /** Schemas of the bodies that it takes, by their type. */
  readonly bodies: Readonly<Record<string, Json>>;
  /** Types that it answers with where all is well. */
  readonly answers: readonly string[];
}

/** The API's document as attacks need it: references are followed. */
export interface ApiDocument {
  readonly operations: readonly Operation[];
  /** A schema, or the one that it names. */
  resolve(schema: Json): Json;
}

/** Reads the document of a running service: a new route is attacked by itself. */
export async function readDocument(world: AttackWorld): Promise<ApiDocument> {
  const { text } = await send(world, world.people.owner, ["GET", "/openapi.json"]);
  const { paths, components } = JSON.parse(text);
  const operations = Object.entries<Record<string, Json>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      role: operation.security?.[0]?.bearer?.[0] ?? null,
      bodies: Object.fromEntries(
        Object.entries<Json>(operation.requestBody?.content ?? {}).map(([type, { schema }]) => [
          type,
          schema,
        ]),
      ),
      answers: Object.entries<Json>(operation.responses)
        .filter(([status]) => status.startsWith("2"))
        .flatMap(([, { content = {} }]) => Object.keys(content)),
    }))
  );
  function resolve(schema: Json): Json {
    const name = /^#\/components\/schemas\/(.+)$/.exec(schema?.["$ref"] ?? "")?.[1];
    return name === undefined ? schema : resolve(components.schemas[name]);
  }
  return { operations, resolve };
}

/** A place in a body that takes a text. */
export type Place = readonly (string | number)[];

/**
 * @param document for references
 * @param schema of a body
 * @returns a body that fits, with what is required alone, as far as examples and defaults tell
 */
export function exampleOf(document: ApiDocument, schema: Json): Json {
  const known = document.resolve(schema);
  const ready = known.example ?? known.examples?.[0] ?? known.default ?? known.const ??
    known.enum?.[0];
  if (ready !== undefined) return ready;
  const choice = known.anyOf ?? known.oneOf ?? known.allOf;
  if (choice !== undefined) return exampleOf(document, choice[0]);
  if (known.type === "object" || known.properties !== undefined) {
    const required: string[] = known.required ?? [];
    return Object.fromEntries(
      required.map((name) => [name, exampleOf(document, known.properties[name])]),
    );
  }
  if (known.type === "array") return [exampleOf(document, known.items)];
  if (known.type === "integer" || known.type === "number") return known.minimum ?? 1;
  return known.type === "boolean" ? true : "x";
}

/**
 * @param document for references
 * @param schema of a body
 * @returns every place in it where a text can stand, also in its alternatives
 */
export function textPlaces(document: ApiDocument, schema: Json, at: Place = []): Place[] {
  const known = document.resolve(schema);
  if (at.length > 6) return [];
  const choices: Json[] = known.anyOf ?? known.oneOf ?? known.allOf ?? [];
  const below = [
    ...choices.map((choice) => [choice, at] as const),
    ...Object.entries<Json>(known.properties ?? {}).map(([name, part]) =>
      [part, [...at, name]] as const
    ),
    ...known.items === undefined ? [] : [[known.items, [...at, 0]] as const],
    ...typeof known.additionalProperties === "object"
      ? [[known.additionalProperties, [...at, "x"]] as const]
      : [],
  ];
  const own = [known.type].flat().includes("string") && known.format !== "binary" ? [at] : [];
  const all = [...own, ...below.flatMap(([part, place]) => textPlaces(document, part, place))];
  return [...new Map(all.map((place) => [JSON.stringify(place), place])).values()];
}

/** @returns the body with a text in a place, whatever stood there or was missing on the way to it */
export function withText(body: Json, [first, ...rest]: Place, text: string): Json {
  if (first === undefined) return text;
  const holder = typeof first === "number"
    ? Array.isArray(body) ? [...body] : []
    : typeof body === "object" && body !== null && !Array.isArray(body)
    ? { ...body }
    : {};
  holder[first] = withText(holder[first], rest, text);
  return holder;
}
