import fc from "fast-check";
import { hostileText } from "./hostile_values.ts";

/** What of JSON Schema the OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly format?: string;
}

/** Names of things that exist on the service under test, so that requests get past the first look. */
export interface KnownNames {
  /** Values to try for a field or path parameter of this name. */
  readonly [field: string]: readonly unknown[];
}

/**
 * Makes values that a schema takes.
 *
 * @param schema of the value
 * @param document finds `$ref`
 * @param names things that exist, by field name
 * @param field name of the field that the value is for
 */
export function valueOf(
  schema: Schema,
  document: (ref: string) => Schema,
  names: KnownNames,
  field = "",
): fc.Arbitrary<unknown> {
  const inner = (part: Schema, name = field): fc.Arbitrary<unknown> =>
    valueOf(part, document, names, name);
  if (schema.$ref !== undefined) return inner(document(schema.$ref));
  const known = names[field];
  if (known !== undefined) return fc.constantFrom(...known);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => inner(choice)));
  if (schema.allOf !== undefined) {
    return fc.tuple(...schema.allOf.map((part) => inner(part))).map((parts) =>
      Object.assign({}, ...parts)
    );
  }
  const types = [schema.type ?? []].flat();
  if (types.length > 1) return fc.oneof(...types.map((type) => inner({ ...schema, type })));
  return ofType(types[0], schema, inner);
}

function ofType(
  type: string | undefined,
  schema: Schema,
  inner: (part: Schema, name?: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const { minimum, maximum } = schema;
  switch (type) {
    case "object":
      return objectOf(schema, inner);
    case "array":
      return schema.prefixItems === undefined
        ? fc.array(inner(schema.items ?? {}), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 3, 3 + (schema.minItems ?? 0)),
        })
        : fc.tuple(...schema.prefixItems.map((item) => inner(item)));
    case "integer":
      return fc.integer({ min: minimum ?? -5, max: Math.min(maximum ?? 100, 1000) });
    case "number":
      return fc.double({ min: minimum ?? -5, max: maximum ?? 5, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "string":
      return schema.pattern === undefined
        ? hostileText
        : fc.constantFrom(schema.example ?? "a", "b1", "c-2");
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(
  schema: Schema,
  inner: (part: Schema, name?: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const record = fc.record(
    Object.fromEntries(properties.map(([name, part]) => [name, inner(part, name)])),
    {
      requiredKeys: [...schema.required ?? []].filter((name) => name in (schema.properties ?? {})),
    },
  );
  if (typeof schema.additionalProperties !== "object") return record;
  const further = fc.dictionary(hostileText, inner(schema.additionalProperties), { maxKeys: 2 });
  return fc.tuple(further, record).map(([more, own]) => ({ ...more, ...own }));
}
