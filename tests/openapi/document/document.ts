import { z } from "zod";

/** An answer of an operation, or where among the components it stands. */
export interface ApiAnswer {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One method of one path. */
export interface ApiOperation {
  readonly operationId?: string;
  readonly requestBody?: {
    readonly content: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly responses: Readonly<Record<string, ApiAnswer>>;
  readonly [further: string]: unknown;
}

/** An OpenAPI document, as far as the gateway works on it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tags: readonly { readonly name: string }[];
  readonly [further: string]: unknown;
}

const record = z.record(z.string(), z.unknown());
const answerSchema = z.looseObject({
  $ref: z.string().exactOptional(),
  description: z.string().exactOptional(),
  headers: record.exactOptional(),
  content: z.record(z.string(), record).exactOptional(),
});
const operationSchema = z.looseObject({
  requestBody: z.looseObject({ content: z.record(z.string(), record) }).exactOptional(),
  responses: z.record(z.string(), answerSchema),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.record(z.string(), record).default({}),
  tags: z.array(z.looseObject({ name: z.string() })).default([]),
});

/**
 * @param value an OpenAPI document of our own making, from another process maybe
 * @throws {z.ZodError} where it is none
 */
export function readDocument(value: unknown): ApiDocument {
  return documentSchema.parse(value) as ApiDocument;
}

/**
 * Changes every operation of a document.
 *
 * @param document an OpenAPI document
 * @param change makes the new operation of method (upper case), path and the old one
 */
export function mapOperations(
  document: ApiDocument,
  change: (method: string, path: string, operation: ApiOperation) => ApiOperation,
): ApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) =>
    [
      path,
      Object.fromEntries(
        Object.entries(item).map((
          [method, operation],
        ) => [method, change(method.toUpperCase(), path, operation)]),
      ),
    ] as const
  );
  return { ...document, paths: Object.fromEntries(paths) };
}

/**
 * @param document an OpenAPI document
 * @param operation one of its operations
 * @param status of an answer
 * @returns what the document says of such an answer, from wherever it stands; undefined for nothing
 */
export function answerOf(
  document: ApiDocument,
  operation: ApiOperation,
  status: number | string,
): ApiAnswer | undefined {
  const answer = operation.responses[status];
  const name = answer?.$ref?.split("/").at(-1);
  return name === undefined ? answer : document.components["responses"]?.[name] as ApiAnswer;
}
