import { isDeepStrictEqual } from "node:util";
import { ownerOf, type UpstreamName } from "../../../services/gateway/upstreams.ts";
import { type ApiDocument, readDocument } from "./document.ts";

/**
 * Puts the OpenAPI documents of the services together with the gateway's own. Of a service counts what the
 * gateway asks it for: health and metrics of its own stay inside.
 *
 * @param own document of the gateway; its title and tags are those of the whole
 * @param services their documents by name
 * @returns one document
 * @throws {Error} where a service describes what nobody would ask it for, or the same name means two
 *   things: clients would be made of the wrong one
 */
export function mergeDocuments(
  own: unknown,
  services: Readonly<Record<UpstreamName, unknown>>,
): ApiDocument {
  const merged = readDocument(own);
  const paths = { ...merged.paths };
  const components = structuredClone(merged.components) as Record<string, Record<string, unknown>>;
  const tags = [...merged.tags];
  for (const [name, value] of Object.entries(services)) {
    const document = readDocument(value);
    for (const [path, item] of Object.entries(document.paths)) {
      if (ownerOf(path) === name) paths[path] = item;
      else if (merged.paths[path] === undefined) {
        throw new Error(`cannot merge OpenAPI documents: ${name} has no route ${path}`);
      }
    }
    for (const [kind, entries] of Object.entries(document.components)) {
      addEach(components[kind] ??= {}, entries, `${name}: components.${kind}`);
    }
    const known = Object.fromEntries(tags.map((tag) => [tag.name, tag]));
    for (const tag of document.tags) {
      if (known[tag.name] === undefined) tags.push(tag);
      addEach(known, { [tag.name]: tag }, `${name}: tags`);
    }
  }
  return { ...merged, paths, components, tags };
}

function addEach(
  known: Record<string, unknown>,
  more: Readonly<Record<string, unknown>>,
  where: string,
): void {
  for (const [name, value] of Object.entries(more)) {
    if (Object.hasOwn(known, name) && !isDeepStrictEqual(known[name], value)) {
      throw new Error(
        `cannot merge OpenAPI documents: ${where}.${name} has two different definitions`,
      );
    }
    known[name] = value;
  }
}
