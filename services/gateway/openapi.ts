import { z } from "zod";

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.unknown()).default({}),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).default({}) }).default({
    schemas: {},
  }),
});

/**
 * Puts the OpenAPI documents of the services together to one.
 *
 * @param documents of the services; paths do not overlap, schemas of the same name are the same
 * @returns one OpenAPI 3.1 document
 */
export function mergeOpenApi(documents: readonly unknown[]): Record<string, unknown> {
  const parts = documents.map((document) => documentSchema.parse(document));
  return {
    openapi: "3.1.0",
    info: {
      title: "mammoeval",
      version: "1",
      description: "Evaluates screening-mammography classifiers on a data owner's own images.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths: Object.assign({}, ...parts.map(({ paths }) => paths)),
    components: {
      schemas: Object.assign({}, ...parts.map(({ components }) => components.schemas)),
    },
  };
}
