import { TAGS } from "../../../shared/contracts/answers.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { UpstreamName } from "../../../services/gateway/upstreams.ts";
import { EXCHANGES } from "../examples/mod.ts";
import { addExamples, type Exchange } from "./add_examples.ts";
import { describeDoor } from "./describe_door.ts";
import type { ApiDocument } from "./document.ts";
import { mergeDocuments } from "./merge_documents.ts";
import { shareProblems } from "./share_problems.ts";

/** What the document says of the API as a whole. */
const ABOUT = {
  openapi: "3.1.0",
  info: {
    title: "mammoeval",
    version: "1",
    description:
      "Evaluates screening-mammography classifiers on a data owner's own images. Every error " +
      "is a problem (RFC 9457): `type` names it, `detail` says what to do, `errors` says where.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  tags: TAGS.map((tag) => ({ ...tag })),
};

/** Gateway and services with all their routes. */
export interface Apps extends Readonly<Record<UpstreamName, ServiceApp>> {
  readonly gateway: ServiceApp;
}

/**
 * Assembles the API's document from the routes of gateway and services and from the recorded examples.
 *
 * @param apps with all their routes
 * @param exchanges become its examples
 */
export async function assembleDocument(
  { gateway, ...services }: Apps,
  exchanges: readonly Exchange[] = EXCHANGES,
): Promise<ApiDocument> {
  const documents = await Promise.all(
    Object.entries(services).map(async ([name, app]) =>
      [name, await (await app.request("/openapi.json")).json()] as const
    ),
  );
  const merged = mergeDocuments(
    gateway.getOpenAPI31Document(ABOUT),
    Object.fromEntries(documents) as Record<UpstreamName, unknown>,
  );
  return shareProblems(addExamples(describeDoor(merged), exchanges));
}
